import {
  type JsonObject,
  type Place,
  defineRule,
  objectOf,
  quoted,
  refusedAuthentication,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/auth-method-conflict',
  title:
    'The registered authentication method and the credentials that were issued contradict each other',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['RFC 7591 §2', 'RFC 7591 §3.2.1'],
  revisions: 'all',
  seed: ['A-5'],
  threads: ['https://github.com/modelcontextprotocol/python-sdk/issues/1842'],
  why: 'A client does what the registration response says; where that is not what the token endpoint wants, no client can redeem a code.',
  remedy:
    'Return the method that the token endpoint will demand, with the credentials that belong to it: a secret with a secret method, none with "none".',
  explains: [
    'registration/client-unknown-to-as',
    'registration/method-not-negotiated',
    'token/client-auth-mismatch',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
    'flow/reauth-loop',
  ],

  on: 'registration',

  *check(step, flow) {
    const answer = objectOf(step.received)
    if (!step.ok || answer === undefined) return 'silent'
    const conflict = conflictOf(objectOf(step.sent), answer)
    if (conflict === undefined) return
    const refusal = refusedAuthentication(step.clientId, step, flow)
    const { variant, text, at, note } = conflict
    const isProven = variant === 'secret-method-without-secret'
    // A secret that nobody asks for harms nobody: only a request without one that is refused shows the contradiction.
    if (!isProven && refusal?.clientAuth !== 'none') return
    yield {
      variant,
      severity: refusal === undefined ? 'warning' : 'error',
      message:
        `the registration response of ${step.url} ${text}` +
        (refusal === undefined
          ? ''
          : `, and the token endpoint answers ${refusal.error?.error ?? refusal.status}`),
      evidence: [
        { step, at, note },
        { step, at: 'response.json/token_endpoint_auth_method' },
        refusal && { step: refusal, at: 'response.status', note: 'what came of it' },
        refusal && { step: refusal, at: 'response.body' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'a public client, without a secret', http: '${opening only registration token}' },
      {
        name: 'a secret that a public client need not use',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"none"}

          \${opening only token}`,
      },
    ],
    bad: [
      {
        name: 'a secret method without a secret',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","token_endpoint_auth_method":"client_secret_basic"}`,
        expect: { variant: 'secret-method-without-secret', severity: 'warning' },
      },
      {
        name: 'registered as public, and refused as such',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"none"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'public-client-got-secret', severity: 'error' },
      },
    ],
  },
})

interface Conflict {
  readonly variant: string
  readonly text: string
  readonly at: Place
  readonly note: string
}

const secretPlace = 'response.json/client_secret'

function conflictOf(sent: JsonObject | undefined, answer: JsonObject): Conflict | undefined {
  const method = stringMember(answer, 'token_endpoint_auth_method')
  const hasSecret = stringMember(answer, 'client_secret') !== undefined
  if (method?.startsWith('client_secret_') === true && !hasSecret)
    return {
      variant: 'secret-method-without-secret',
      text: `says ${quoted(method)} and holds no client_secret`,
      at: secretPlace,
      note: 'there is none',
    }
  if (method === 'none' && hasSecret)
    return {
      variant: 'public-client-got-secret',
      text: 'says "none" and holds a client_secret',
      at: secretPlace,
      note: 'a secret, for a client that is to use none',
    }
  if (method === undefined && stringMember(sent, 'token_endpoint_auth_method') === 'none')
    return {
      variant: 'method-not-echoed',
      text: 'does not say which method holds, though "none" was asked for',
      at: 'request.json/token_endpoint_auth_method',
      note: 'what the client asked for',
    }
  return undefined
}
