import {
  type Authorize,
  type AuthorizationResponse,
  type Flow,
  type Place,
  type Step,
  atLeast,
  blind,
  defineRule,
  isUpstreamHop,
  member,
  objectOf,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/iss-invalid',
  title: 'The iss of the authorization response is missing, wrong or not advertised',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server'],
  spec: ['RFC 9207 §2', 'RFC 9207 §2.4', 'MCP 2026-07-28 Authorization Response Validation'],
  revisions: 'all, as soon as the metadata advertises it',
  why: 'Clients that check `iss` discard the response, so the login ends after the user has agreed. The check guards them against mix-up attacks.',
  remedy:
    'Send `iss` identical to the metadata `issuer` in every authorization response, errors included, and advertise it.',
  explains: ['authorization/client-accepted-invalid-response', 'flow/stalled'],

  on: ['callback', 'authorize'],

  *check(step, flow) {
    const found = responseOf(step)
    if (found === undefined) return 'silent'
    const { response, at } = found
    const request = requestOf(step, response, flow)
    // What a login service behind the authorization server sends back to that is no response to the client.
    if (request !== undefined && isUpstreamHop(request, flow)) return 'silent'
    const metadata = flow.serverMetadataOf(request)
    const document = objectOf(metadata?.document)
    const issuer = metadata?.issuer
    if (metadata === undefined || document === undefined || issuer === undefined)
      return blind('the server metadata')
    const advertised = member(document, 'authorization_response_iss_parameter_supported') === true
    const evidence = [
      { step, at, note: `the metadata says ${issuer}` },
      {
        step: metadata,
        at: 'response.json/authorization_response_iss_parameter_supported' as const,
        note: advertised ? 'promised' : 'not advertised',
      },
    ]
    if (response.iss === undefined) {
      if (!advertised) return
      yield {
        variant: 'missing-but-advertised',
        severity: matters(step, flow) ? 'error' : 'warning',
        message: `${issuer} advertises iss in authorization responses, and this one has none`,
        expected: issuer,
        evidence,
      }
      return
    }
    if (response.iss !== issuer) {
      yield {
        variant: 'mismatch',
        severity: matters(step, flow) ? 'error' : 'warning',
        message: `the authorization response comes from iss ${quoted(response.iss)}, the metadata says ${quoted(issuer)}`,
        found: response.iss,
        expected: issuer,
        evidence,
      }
      return
    }
    if (advertised) return
    yield {
      variant: 'unadvertised',
      severity: atLeast(flow.revision.authorizationServer, '2026-07-28') ? 'warning' : 'info',
      message: `${issuer} sends iss without advertising it, and some clients reject an iss that is not advertised`,
      remedy: 'Set `authorization_response_iss_parameter_supported` to true in the metadata.',
      evidence,
    }
  },

  examples: {
    good: [
      {
        name: 'sent, advertised and equal',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"authorization_response_iss_parameter_supported":true}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fas.example`,
      },
    ],
    bad: [
      {
        name: 'a slash more',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"authorization_response_iss_parameter_supported":true}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fas.example%2F`,
        expect: { variant: 'mismatch', severity: 'error' },
      },
      {
        name: 'promised and missing',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"authorization_response_iss_parameter_supported":true}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1`,
        expect: { variant: 'missing-but-advertised', severity: 'error' },
      },
    ],
  },
})

/** The response that a step carries, and where its `iss` stands. */
function responseOf(step: Step): { response: AuthorizationResponse; at: Place } | undefined {
  if (step.kind === 'callback')
    return {
      response: step,
      at: step.exchange.request.method === 'POST' ? 'request.form.iss' : 'request.query.iss',
    }
  if (step.kind === 'authorize' && step.answer !== undefined)
    return { response: step.answer, at: 'response.query.iss' }
  return undefined
}

/** The authorization request that this answers. */
function requestOf(step: Step, response: AuthorizationResponse, flow: Flow): Authorize | undefined {
  if (step.kind === 'authorize') return step
  return flow.before(step, 'authorize').findLast(({ state }) => state === response.state)
}

/** The flow came to an end here, or the client redeemed the code all the same. */
function matters(step: Step, flow: Flow): boolean {
  return flow.after(step, 'token').length > 0 || flow.waited('backChannel')
}
