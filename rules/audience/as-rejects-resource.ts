import {
  type Authorize,
  type Flow,
  type Place,
  type Refused,
  type PushedRequest,
  type TokenCall,
  before,
  covers,
  defineRule,
  isOwnAudience,
  isUpstreamHop,
  objectionTo,
  parameterPlace,
  providerHint,
  publishedScopes,
  quoted,
  refusalOf,
  refusesResource,
  resourcesGranted,
  respelled,
  sameUrl,
  scopesOf,
  shortened,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/as-rejects-resource',
  title: 'The authorization server refuses requests because of resource',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 8707 §2', 'OAuth 2.1 §3.1', 'MCP 2025-11-25 Resource Parameter Implementation'],
  revisions: 'from 2025-06-18: clients must send resource whether the server knows it or not',
  seed: [{ item: 'A-5', faults: ['authorization-server'] }],
  threads: [
    'https://github.com/anthropics/claude-code/issues/73460',
    'https://github.com/microsoft/azure-devops-mcp/issues/1511',
  ],
  why: 'MCP clients must send `resource` with every request, so with this server no login can succeed.',
  remedy:
    'Register the URL of the MCP server as a resource (API, audience) at the authorization server, or let it ignore a `resource` that it does not know.',
  explains: ['flow/stalled', 'token/error-response', 'authorization/error-response'],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    if (step.resources.length === 0 || before(flow.revision.client, '2025-06-18')) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const refusal = [refusalOf(step, flow), refusalUpstream(step, flow)].find(
      (one) => one !== undefined && refusesResource(one),
    )
    if (refusal === undefined) return
    const published = flow.resourceMetadata?.resource
    // A resource of the client's own invention or spelling is refused rightly.
    const wanted = published ?? flow.resource
    const own = step.resources.some((sent) => sent === published || isOwnAudience(sent, flow))
    if (wanted !== undefined && (!own || respelled(step.resources, wanted) !== undefined))
      return 'silent'
    if (step.kind === 'token' && isNotGranted(step, flow)) return 'silent'

    const variant = objectionTo(refusal)
    const recovered = flow.after(step, 'token').some(({ ok }) => ok)
    const words = refusal.text === '' ? '' : quoted(shortened(refusal.text, 200))
    const said = [refusal.error, words].filter(Boolean).join(' ')
    yield {
      variant,
      severity: recovered ? 'warning' : 'error',
      fault: isPublishedSo(step, variant, flow) ? 'resource-server' : 'authorization-server',
      confidence:
        refusal.error === 'invalid_target' && flow.resource !== undefined ? 'certain' : 'likely',
      message: `the authorization server refuses resource ${step.resources.map(quoted).join(', ')}: ${names[variant]} (${said})`,
      found: `resource refused (${refusal.error ?? words})`,
      ...providerHint(flow.issuer ?? step.url, 'audience/as-rejects-resource'),
      evidence: [
        { step: refusal.step, at: refusal.at, note: 'the refusal' },
        refusal.error !== undefined && {
          step: refusal.step,
          at: `${refusal.at}_description` as Place,
        },
        { ...parameterPlace(step, 'resource', flow), note: 'what the client asked for' },
        variant === 'scope-conflict' && {
          ...parameterPlace(step, 'scope', flow),
          note: 'the scope beside it',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the resource is accepted',
        http: '${opening only resource-metadata authorize token}',
      },
    ],
    bad: [
      {
        name: 'invalid_target for the URL of the MCP server',
        http: `
          \${opening only resource-metadata authorize}

          # handed-over
          > GET http://127.0.0.1:5000/cb?error=invalid_target&state=s1`,
        expect: { variant: 'unknown-resource', fault: 'authorization-server', severity: 'error' },
      },
    ],
  },
})

type Request = Authorize | PushedRequest | TokenCall

/** A login service behind the server refuses the `resource` that the server hands on from the client. */
function refusalUpstream(step: Request, flow: Flow): Refused | undefined {
  if (step.kind !== 'authorize') return undefined
  const hop = flow
    .after(step, 'authorize')
    .find(
      (next) =>
        isUpstreamHop(next, flow) && next.resources.some((one) => step.resources.includes(one)),
    )
  return hop && refusalOf(hop, flow)
}

/** The grant was asked for with others: a server has to refuse this one (RFC 8707 §2.2). */
function isNotGranted(step: TokenCall, flow: Flow): boolean {
  const granted = resourcesGranted(step, flow)?.resources ?? []
  return granted.length > 0 && step.resources.some((one) => !granted.includes(one))
}

/** What the MCP server itself publishes made the client ask in vain: another's scopes, or another's resource. */
function isPublishedSo(step: Request, variant: string, flow: Flow): boolean {
  const { resourceMetadata, target } = flow
  const published = publishedScopes(flow)
  if (variant === 'scope-conflict')
    return scopesOf(step.scope).some((scope) => published.includes(scope))
  const resource = resourceMetadata?.resource
  return (
    resource !== undefined &&
    target !== undefined &&
    !covers(resource, target) &&
    step.resources.some((sent) => sameUrl(sent, resource))
  )
}

const names = {
  'unsupported-parameter': 'it does not support the parameter',
  'unknown-resource': 'it does not know the resource',
  'scope-conflict': 'it finds resource and scope at odds',
}
