import {
  type Authorize,
  type Flow,
  type Registration,
  type TokenCall,
  defineRule,
  objectOf,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/repeated',
  title: 'The client registers again and again instead of keeping its client_id',
  severity: ['warning'],
  fault: ['client'],
  spec: ['RFC 7591 §5', 'MCP 2026-07-28 Authorization Server Binding'],
  revisions: 'all',
  seed: ['R-2'],
  why: 'Every registration leaves a client behind at the authorization server; servers limit them, and then nobody at that address can register.',
  remedy:
    'Keep client_id and secret by issuer and use them again, or use a Client ID Metadata Document.',

  on: 'registration',

  *check(step, flow) {
    if (!step.ok) return 'silent'
    const recent = registrationsSince(flow, step.exchange.startedAt - period).filter(
      (other) => other.order <= step.order && isAlike(other, step),
    )
    if (recent.length !== many) return
    yield {
      message: `the client ${quoted(nameOf(step))} registered ${many} times at ${step.url} within an hour, each time with the same redirect URIs, and no id was refused in between`,
      evidence: [
        { step, at: 'request.json/client_name' },
        ...recent.map((other) => ({
          step: other,
          at: 'response.json/client_id' as const,
          note: 'another client_id',
        })),
      ],
    }
  },

  examples: {
    good: [{ name: 'registered once', http: '${opening only registration}' }],
    bad: [
      {
        name: 'three registrations of one client',
        http: ['one', 'two', 'three'].map(registered).join('\n'),
      },
    ],
  },
})

/** So many within an hour are a habit; two happen where two requests race. */
const many = 3
const period = 3_600_000

function registered(clientId: string): string {
  return `
          > POST https://as.example/register
          > content-type: application/json

          {"client_name":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"${clientId}","redirect_uris":["http://127.0.0.1:5000/cb"]}
`
}

function nameOf(step: Registration): string | undefined {
  return stringMember(objectOf(step.sent), 'client_name')
}

/** The same client at the same server; another port is another redirect URI to servers that compare exactly. */
function isAlike(a: Registration, b: Registration): boolean {
  const uris = (step: Registration) =>
    (stringsMember(objectOf(step.sent), 'redirect_uris') ?? []).join(' ')
  return a.ok && a.url === b.url && nameOf(a) === nameOf(b) && uris(a) === uris(b)
}

/**
 * Registrations since a client id was refused, those of the attempts before this one included, as long as they happened
 * after `begin`.
 */
function registrationsSince(flow: Flow, begin: number): Registration[] {
  const found: Registration[] = []
  for (let one: Flow | undefined = flow; one !== undefined; one = one.follows) {
    const refused = one.of('authorize', 'token').findLast((step) => isRefused(step))
    const own = one.of('registration').filter(({ order }) => order > (refused?.order ?? -1))
    found.unshift(...own.filter(({ exchange }) => exchange.startedAt >= begin))
    if (refused !== undefined || one.lastActivity < begin) break
  }
  return found
}

/** The server does not know, or no longer wants, the client: to register anew is right. */
function isRefused(step: Authorize | TokenCall): boolean {
  const error = step.kind === 'token' ? step.error?.error : step.answer?.error?.error
  return (
    error === 'invalid_client' ||
    error === 'unauthorized_client' ||
    (step.status !== undefined && step.status >= 400)
  )
}
