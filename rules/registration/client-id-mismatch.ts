import {
  type Authorize,
  type Draft,
  type Flow,
  type TokenCall,
  defineRule,
  isUpstreamHop,
  param,
  parameterPlace,
  queryParams,
  quoted,
  refreshTokenSource,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/client-id-mismatch',
  title: 'The client_id changes between the requests of one login',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §4.1.3', 'RFC 6749 §6', 'RFC 9126 §4'],
  revisions: 'all',
  seed: ['R-2'],
  why: 'A code, a pushed request and a refresh token belong to the client that asked for them; the server refuses anybody else.',
  remedy:
    'Keep the whole registration response, and use its client_id in every request to that authorization server.',
  explains: [
    'registration/client-unknown-to-as',
    'token/error-response',
    'token/client-auth-mismatch',
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'token'],

  *check(step, flow) {
    if (step.clientId === undefined) return 'silent'
    if (step.kind === 'authorize') return yield* asked(step, flow)
    return yield* redeemed(step, flow)
  },

  examples: {
    good: [{ name: 'one id in every leg', http: '${opening until token}' }],
    bad: [
      {
        name: 'the code is redeemed by another client',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=one&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

          # handed-over
          > GET http://127.0.0.1:1/cb?code=c1&state=s1

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=two

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'token-vs-authorize', severity: 'error' },
      },
    ],
  },
})

/** The authorization request, against the one that was pushed for it (RFC 9126 §4). */
function* asked(step: Authorize, flow: Flow): Generator<Draft, 'silent' | void> {
  const { clientId } = step
  if (isUpstreamHop(step, flow)) return 'silent'
  const own = param(queryParams(step.url), 'client_id')
  if (own === undefined) return 'silent'
  if (own === clientId) return
  yield {
    variant: 'authorize-vs-pushed',
    severity: flow.after(step, 'token').some(({ ok }) => ok) ? 'warning' : 'error',
    message: `the client pushed its request as ${quoted(clientId)}, and sends the browser as ${quoted(own)}`,
    evidence: [
      { ...parameterPlace(step, 'client_id', flow), note: 'what was pushed' },
      { step, at: 'request.query.client_id' },
    ],
  }
}

/** The token request, against the authorization request whose code it redeems, or the answer that gave the refresh token. */
function* redeemed(step: TokenCall, flow: Flow): Generator<Draft, 'silent' | void> {
  const { clientId } = step
  const source = sourceOf(step, flow)
  if (source?.step.clientId === undefined) return 'silent'
  if (source.step.clientId === clientId) return
  yield {
    variant: source.variant,
    severity: step.ok ? 'warning' : 'error',
    message: `the client asked as ${quoted(source.step.clientId)} and ${source.text} as ${quoted(clientId)}`,
    found: `${clientId} asks for what ${source.step.clientId} was given`,
    evidence: [
      { ...parameterPlace(source.step, 'client_id', flow), note: 'whom it was issued to' },
      { step, at: 'request.form.client_id', note: 'who presents it' },
      { step, at: 'response.status' },
    ],
  }
}

function sourceOf(step: TokenCall, flow: Flow) {
  if (step.grantType === 'authorization_code') {
    const request = flow.authorizationOf(step)
    return request === undefined || request.by === 'order'
      ? undefined
      : { step: request.step, variant: 'token-vs-authorize', text: 'redeems the code' }
  }
  const given = refreshTokenSource(step, flow)
  return given === undefined
    ? undefined
    : { step: given, variant: 'refresh-vs-issue', text: 'presents its refresh token' }
}
