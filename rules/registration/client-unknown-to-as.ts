import {
  type Authorize,
  type Draft,
  type Flow,
  type Pointer,
  type PushedRequest,
  type Registration,
  type TokenCall,
  defineRule,
  isUpstreamHop,
  member,
  objectOf,
  parameterPlace,
  quoted,
  refusalOf,
  said,
  stringMember,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/client-unknown-to-as',
  title: 'The authorization server does not know the client id',
  severity: ['error', 'info'],
  fault: ['authorization-server', 'client', 'undetermined'],
  spec: ['RFC 6749 §5.2', 'RFC 7591 §3.2.1'],
  revisions: 'all',
  seed: ['R-2'],
  why: 'Whatever is asked with this client id is refused, until the client registers anew.',
  remedy:
    'Keep registrations where a restart does not lose them and all instances find them. Until then the client has to discard its client id and register anew.',
  explains: [
    'authorization/error-response',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'token/error-not-oauth',
    'token/error-response',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const id = step.clientId
    if (id === undefined || /^https?:/i.test(id)) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const refused = refusalOf(step, flow)
    if (refused === undefined) return
    const registration = flow.registrationOf(id)
    const blamed = refused.says.find(({ meaning }) => meaning === 'client-unknown')
    const code = refused.error === 'invalid_client'
    // A wrong secret or a wrong way to send it is another matter.
    if (said(refused.step, 'secret', 'assertion-audience') && blamed === undefined) return
    const isLost =
      code && registration !== undefined && !hasSecret(registration) && !sendsSecret(step)
    if (blamed === undefined && !isLost && !isSpent(registration, step)) return
    if (!code && blamed === undefined) return
    const seen = registration !== undefined || worked(id, step, flow)
    if (!seen && !offersRegistration(flow)) return
    const again = flow.after(step, 'registration').some(({ ok }) => ok)
    const spent = isSpent(registration, step)
    yield {
      variant: spent ? 'expired-secret' : isDeleted(refused.text) ? 'deleted' : 'lost-registration',
      severity: again && flow.after(step, 'token').some(({ ok }) => ok) ? 'info' : 'error',
      ...party(spent, seen),
      confidence: seen && !spent ? 'certain' : 'likely',
      message:
        `the authorization server refuses the client id ${quoted(id)}` +
        (blamed === undefined ? ` (${refused.error})` : `: ${quoted(blamed.words)}`) +
        (registration !== undefined
          ? ', which it gave to this client before'
          : seen
            ? ', with which it issued a token before'
            : '; the client did not register in this capture, so it may keep the id of a registration that is gone'),
      found: `client_id refused (${quoted(id)})`,
      remedy: spent
        ? 'Register anew when the secret has expired (client_secret_expires_at), or read the new one from the registration endpoint.'
        : seen
          ? undefined
          : 'Discard the client id and register anew when the authorization server says that it does not know it.',
      evidence: [
        { step: refused.step, at: blamed?.at ?? refused.at, note: 'the refusal' },
        { ...parameterPlace(step, 'client_id', flow), note: 'the id that is refused' },
        registration && registered(registration, spent),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the client is known, and its secret is wrong',
        http: `
          \${opening}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&client_secret=s

          < HTTP/1.1 401 Unauthorized
          < content-type: application/json

          {"error":"invalid_client","error_description":"Invalid client secret"}`,
      },
    ],
    bad: [
      {
        name: 'the server forgot a client that it had registered',
        http: `
          \${opening}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized
          < content-type: application/json

          {"error":"invalid_client","error_description":"Client not found"}`,
        expect: { variant: 'lost-registration', fault: 'authorization-server' },
      },
      {
        name: 'an id from an earlier day, and a page that does not know it',
        http: `
          \${opening only challenge resource-metadata server-metadata}

          > GET https://as.example/authorize?response_type=code&client_id=old&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 400 Bad Request
          < content-type: text/html

          <html><title>Error</title><h1>Unknown client</h1></html>`,
        expect: { variant: 'lost-registration', fault: 'undetermined' },
      },
    ],
  },
})

function party(spent: boolean, seen: boolean): Pick<Draft, 'fault' | 'candidates'> {
  if (spent) return { fault: 'client' }
  if (seen) return { fault: 'authorization-server' }
  return undetermined({
    'authorization-server': 'it may have lost a registration that it had given',
    client: 'it may use an id that was given elsewhere or mistyped',
  })
}

/** The client was given a secret: that it is not sent, or wrongly, is another matter. */
function hasSecret({ received }: Registration): boolean {
  return stringMember(objectOf(received), 'client_secret') !== undefined
}

function sendsSecret(step: Authorize | PushedRequest | TokenCall): boolean {
  return step.kind === 'token' && step.clientAuth !== 'none'
}

/** The secret of the registration had expired when the request was made (RFC 7591 §3.2.1). */
function isSpent(
  registration: Registration | undefined,
  step: Authorize | PushedRequest | TokenCall,
): boolean {
  if (registration === undefined) return false
  const end = member(objectOf(registration.received), 'client_secret_expires_at')
  return typeof end === 'number' && end > 0 && end * 1000 <= step.exchange.startedAt
}

function registered(registration: Registration, spent: boolean): Pointer {
  return spent
    ? { step: registration, at: 'response.json/client_secret_expires_at', note: 'had passed' }
    : { step: registration, at: 'response.json/client_id', note: 'the server gave it' }
}

function isDeleted(text: string): boolean {
  return /\b(?:deleted|removed|disabled)\b/i.test(text.slice(0, 500))
}

/** A token was issued to this client before. */
function worked(id: string, step: Authorize | PushedRequest | TokenCall, flow: Flow): boolean {
  const earlier = [...(flow.follows?.of('token') ?? []), ...flow.before(step, 'token')]
  return earlier.some((token) => token.ok && token.clientId === id)
}

function offersRegistration(flow: Flow): boolean {
  const document = flow.serverMetadata?.document
  return (
    document !== undefined &&
    stringMember(objectOf(document), 'registration_endpoint') !== undefined
  )
}
