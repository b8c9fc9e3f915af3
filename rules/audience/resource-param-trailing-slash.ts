import {
  type Flow,
  atLeast,
  audiences,
  before,
  blind,
  defineRule,
  difference,
  parameterPlace,
  quoted,
  refusalOf,
  refusesResource,
  respelled,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/resource-param-trailing-slash',
  title: 'The client spells the resource otherwise than the server does',
  severity: ['warning', 'error'],
  fault: ['client'],
  spec: ['RFC 8707 §2', 'RFC 3986 §6.2.3', 'MCP 2025-11-25 Canonical Server URI'],
  revisions: 'from 2025-06-18; an error once somebody refuses because of it',
  seed: ['A-1', 'A-3'],
  threads: [
    'https://github.com/vercel/ai/issues/13988',
    'https://github.com/anthropics/claude-code/issues/52871',
  ],
  why: 'Authorization and MCP servers that compare strings take the other spelling for another resource and refuse the request or the token.',
  remedy:
    'Send the `resource` of the metadata as it stands there, not through a URL class that writes it anew.',
  explains: [
    'audience/as-rejects-resource',
    'authorization/error-response',
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response#invalid_target',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const revision = flow.revision.client
    if (step.resources.length === 0 || before(revision, '2025-06-18')) return 'silent'
    const metadata = flow.resourceMetadata
    if (metadata?.resource === undefined)
      return atLeast(revision, '2025-06-18') ? blind('the resource metadata') : 'silent'
    const published = metadata.resource
    const sent = respelled(step.resources, published)
    if (sent === undefined) return
    yield {
      variant: variantOf(published, sent),
      severity: wasRefused(published, flow) ? 'error' : 'warning',
      message: `the client asks for resource ${quoted(sent)}, expected ${quoted(published)} as the metadata spells it`,
      remedy: `Send resource=${published} exactly as it stands in the metadata, not through a URL class that writes it anew.`,
      evidence: [
        { ...parameterPlace(step, 'resource', flow), note: `expected ${published}` },
        { step: metadata, at: 'response.json/resource', note: 'what the server calls itself' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the same bytes, after decoding',
        http: '${opening only resource-metadata authorize}',
      },
    ],
    bad: [
      {
        name: 'a slash is added, in every leg, and the token works all the same',
        http: `
          \${opening only resource-metadata}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1&resource=https%3A%2F%2Fmcp.example%2Fmcp%2F

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp%2F

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'added-slash', severity: 'warning' },
      },
    ],
  },
})

function variantOf(published: string, sent: string): string {
  switch (difference(published, sent)) {
    case 'trailing-slash':
      return sent.length > published.length ? 'added-slash' : 'removed-slash'
    case 'case':
      return 'lowercased'
    case 'default-port':
      return 'default-port'
    default:
      return 'percent-encoding'
  }
}

/** Somebody refused because of the spelling, as far as the traffic tells. */
function wasRefused(published: string, flow: Flow): boolean {
  if (flow.of('mcp').some((call) => call.ok && flow.issuedBy(call.presented) !== undefined))
    return false
  const byServer = flow.of('authorize', 'pushed-request', 'token').some((step) => {
    if (respelled(step.resources, published) === undefined) return false
    const refusal = refusalOf(step, flow)
    return refusal !== undefined && refusesResource(refusal)
  })
  const byResource = flow.of('challenge').some((call) => {
    const token = flow.issuedBy(call.presented)?.accessToken
    const spelled = token === undefined || audiences(token).includes(published)
    return !spelled && call.error !== 'insufficient_scope' && call.status === 401
  })
  return byServer || byResource
}
