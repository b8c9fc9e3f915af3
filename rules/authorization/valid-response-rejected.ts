import {
  type Callback,
  type Flow,
  type ServerMetadata,
  blind,
  defineRule,
  isNotFound,
  isThrough,
  member,
  objectOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/valid-response-rejected',
  title: 'The client discards a correct authorization response',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 9207 §2.4', 'MCP 2026-07-28 Authorization Response Validation'],
  revisions: 'all',
  why: 'The person has logged in and agreed, and the client does not redeem the code.',
  remedy:
    'Compare `iss` whenever it is present and go on if it matches; keep state and verifier until you have sent the token request.',
  explains: ['flow/stalled'],

  on: 'callback',

  *check(step, flow) {
    const request = flow.before(step, 'authorize').findLast(({ state }) => state === step.state)
    if (request === undefined) return 'silent'
    const metadata = flow.serverMetadataOf(request)
    if (metadata === undefined) return blind('the server metadata')
    if (!isValid(step, metadata)) return 'silent'
    if (flow.after(step, 'token').length > 0 || flow.of('token').some(({ ok }) => ok)) return
    // Who is let in has a token, wherever it came from; a second login is a matter of what was refused.
    if (isThrough(flow)) return
    if (isKept(step, flow)) return 'silent'
    if (!seesBackChannel(flow)) return blind('the token request')
    // The browser may have failed to deliver it: that is another matter.
    if (step.exchange.failure !== undefined) return 'silent'
    if (!flow.waited('backChannel')) return 'silent'
    const isRefused = (step.status ?? 0) >= 400
    const part = step.exchange.request.method === 'POST' ? 'form' : 'query'
    yield {
      confidence: 'likely',
      message: `the authorization response for ${step.redirectUri} is correct, ${isRefused ? `is answered ${step.status}, ` : ''}and no token request followed it`,
      evidence: [
        { step, at: `request.${part}.code`, note: 'was never redeemed' },
        isRefused && { step, at: 'response.status' },
        step.iss !== undefined && {
          step,
          at: `request.${part}.iss`,
          note: 'as the metadata has it',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the code is redeemed',
        http: `
          \${opening only server-metadata authorize callback token unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
      },
    ],
    bad: [
      {
        name: 'a right iss that was not advertised, and the client stops',
        http: `
          \${opening only server-metadata authorize}

          # handed-over
          > GET http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fas.example`,
      },
    ],
  },
})

/** The response is what it has to be: a code, the state of its request, and an `iss` that a strict client takes. */
function isValid(step: Callback, metadata: ServerMetadata): boolean {
  if (step.code === undefined || step.error !== undefined) return false
  const document = objectOf(metadata.document)
  const advertised = member(document, 'authorization_response_iss_parameter_supported') === true
  return step.iss === undefined ? !advertised : step.iss === metadata.issuer
}

/** Something stands between the client and the token endpoint: a document, or leave to ask, that it does not get. */
function isKept(step: Callback, flow: Flow): boolean {
  const servers = flow.after(step, 'server-metadata')
  return (
    (servers.length > 0 && servers.every(({ ok }) => !ok)) ||
    flow.after(step, 'preflight').some(({ ok }) => !ok) ||
    flow.after(step, 'resource-metadata').some((one) => !one.ok && !isNotFound(one))
  )
}

/** The client's talk with the authorization server goes through here. */
function seesBackChannel(flow: Flow): boolean {
  return flow.of('server-metadata', 'registration', 'pushed-request', 'token').length > 0
}
