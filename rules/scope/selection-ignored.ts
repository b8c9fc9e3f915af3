import {
  type Authorize,
  type Flow,
  type Pointer,
  before,
  blind,
  defineRule,
  holdsScope,
  isOfLogin,
  isUpstreamHop,
  lacksScope,
  listedScopes,
  parameterPlace,
  quoted,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/selection-ignored',
  title: 'The client does not ask for the scopes that the server names',
  severity: ['warning', 'error', 'info'],
  fault: ['client'],
  spec: ['MCP 2025-11-25 Scope Selection Strategy'],
  revisions: 'from 2025-11-25; before, no strategy was set',
  why: 'The token then lacks what the MCP server wants, and the first call with it is refused with 403.',
  remedy:
    'Ask for the scopes of the challenge; where it names none, for `scopes_supported` of the resource metadata; where there are none, leave `scope` out.',
  explains: [
    'bearer/fresh-token-rejected',
    'scope/step-up-mishandled',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    const revision = flow.revision.client
    if (revision === undefined || before(revision, '2025-11-25')) return 'silent'
    if (isUpstreamHop(step, flow) || flow.before(step, 'token').some(({ ok }) => ok))
      return 'silent'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    const named = namedBefore(step, flow)
    if (named === undefined) return 'silent'
    const asked = scopesOf(step.scope)
    const lacking = named.scopes.filter((scope) => !holdsScope(asked, scope))
    const catalogue = takenFrom(asked, named.scopes, flow)
    if (lacking.length === 0 && catalogue === undefined) return
    const refused = flow
      .after(step, 'challenge')
      .find((call) => lacksScope(call) && overlaps(scopesOf(call.scope), lacking))
    const recovered = refused !== undefined && flow.after(refused, 'mcp').some(({ ok }) => ok)
    // Who got through without them, needed none of them.
    const through = flow
      .after(step, 'mcp')
      .some(({ ok, presented }) => ok && presented !== undefined)
    const counts = named.variant === 'challenge-ignored' && lacking.length > 0 && !through
    yield {
      variant: catalogue === undefined ? named.variant : 'taken-from-server-metadata',
      severity: refused ? (recovered ? 'warning' : 'error') : counts ? 'warning' : 'info',
      message:
        `the client asks for ${step.scope === undefined ? 'no scope' : `scope ${quoted(step.scope)}`}` +
        (catalogue === undefined ? '' : ', which is all that the authorization server lists') +
        `; ${named.text} names ${quoted(named.scopes.join(' '))}`,
      evidence: [
        { ...parameterPlace(step, 'scope', flow), note: 'what it asks for' },
        { ...named.place, note: 'what it ought to ask for' },
        catalogue && { step: catalogue, at: 'response.json/scopes_supported' },
        refused && {
          step: refused,
          at: 'response.header.www-authenticate',
          note: 'what came of it',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the scopes of the challenge, and offline_access beside them',
        revision: '2025-11-25',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp"

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&scope=mcp%20offline_access

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'the challenge is not heeded',
        revision: '2025-11-25',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp"

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&scope=openid

          < HTTP/1.1 200 OK`,
        expect: { variant: 'challenge-ignored', severity: 'warning' },
      },
    ],
  },
})

interface Named {
  readonly variant: 'challenge-ignored' | 'resource-metadata-ignored'
  readonly text: string
  readonly scopes: readonly string[]
  readonly place: Pick<Pointer, 'step' | 'at'>
}

type Request = Authorize | Extract<Flow['steps'][number], { kind: 'pushed-request' }>

/** The scopes that a client has to ask for first: those of the challenge, else those of the resource metadata. */
function namedBefore(step: Request, flow: Flow): Named | undefined {
  const challenge = flow
    .before(step, 'challenge')
    .findLast(({ status, scope }) => status === 401 && scopesOf(scope).length > 0)
  if (challenge !== undefined)
    return {
      variant: 'challenge-ignored',
      text: 'the challenge',
      scopes: scopesOf(challenge.scope),
      place: { step: challenge, at: 'response.header.www-authenticate' },
    }
  const resource = flow.resourceMetadata
  if (resource?.scopesSupported === undefined || resource.scopesSupported.length === 0)
    return undefined
  return {
    variant: 'resource-metadata-ignored',
    text: 'the resource metadata',
    scopes: resource.scopesSupported,
    place: { step: resource, at: 'response.json/scopes_supported' },
  }
}

/** The server metadata whose whole list the client asks for, where that is more than it was told to ask for. */
function takenFrom(asked: readonly string[], named: readonly string[], flow: Flow) {
  const metadata = flow.serverMetadata
  const catalogue = listedScopes(metadata)
  if (catalogue === undefined || catalogue.length < 2) return undefined
  const foreign = asked.some((scope) => !holdsScope(named, scope) && !isOfLogin(scope))
  return foreign && catalogue.every((scope) => asked.includes(scope)) ? metadata : undefined
}

function overlaps(wanted: readonly string[], lacking: readonly string[]): boolean {
  return wanted.some((scope) => lacking.includes(scope))
}
