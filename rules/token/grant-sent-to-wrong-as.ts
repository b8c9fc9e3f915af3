import {
  type Flow,
  type ServerMetadata,
  type Step,
  type TokenCall,
  atLeast,
  audiences,
  blind,
  defineRule,
  namesEndpoint,
  refreshTokenSource,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/grant-sent-to-wrong-as',
  title: 'A code, refresh token or assertion goes to a server that did not issue it',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 9700 §4.4', 'RFC 9207 §1', 'MCP 2026-07-28 Authorization Server Binding'],
  revisions: 'all through RFC 9700; in so many words from 2026-07-28',
  why: 'The server that gets it cannot know it, and learns a secret of another: this is what a mix-up attack wants.',
  remedy:
    'Keep state, verifier, code and tokens with the issuer that was recorded before the redirect, and take the token endpoint from that record.',
  explains: [
    'flow/stalled',
    'flow/step-failed',
    'token/error-not-oauth',
    'token/error-response',
    'registration/credentials-used-at-other-as',
  ],

  on: 'token',

  *check(step, flow) {
    const here = metadataOf(step.url, flow)
    const from = originOf(step, flow)
    if (from === 'silent') return 'silent'
    if (here === undefined || from?.issuer === undefined) return blind('the server metadata')
    if (here.issuer === from.issuer) return
    const strict = atLeast(flow.revision.client, '2026-07-28') || !step.ok
    yield {
      variant: from.sort,
      severity: strict ? 'error' : 'warning',
      message: `the ${words[from.sort]} of ${from.issuer} is sent to ${step.url}, the token endpoint of ${here.issuer}`,
      evidence: [
        { step, at: 'request.url', note: `the token endpoint of ${here.issuer}` },
        { step: from.step, at: 'request.url', note: `of ${from.issuer}` },
        { step: here, at: 'response.json/token_endpoint' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the server that issued it', http: '${opening until token}' }],
    bad: [
      {
        name: 'the code of one server goes to another',
        http: `
          \${opening until callback}

          > GET https://other.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://other.example","authorization_endpoint":"https://other.example/authorize","token_endpoint":"https://other.example/token"}

          > POST https://other.example/token

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'code', severity: 'error' },
      },
    ],
  },
})

const words = { code: 'code', 'refresh-token': 'refresh token', assertion: 'assertion' }

interface Issued {
  readonly sort: keyof typeof words
  readonly issuer: string | undefined
  readonly step: Step
}

/** Who issued what this request redeems. */
function originOf(step: TokenCall, flow: Flow): Issued | 'silent' | undefined {
  if (step.grantType === 'authorization_code') {
    const request = flow.authorizationOf(step)
    if (request === undefined || request.by === 'order') return 'silent'
    return { sort: 'code', issuer: metadataOf(request.step.url, flow)?.issuer, step: request.step }
  }
  if (step.grantType === 'refresh_token') {
    const issued = refreshTokenSource(step, flow)
    if (issued === undefined) return 'silent'
    return { sort: 'refresh-token', issuer: metadataOf(issued.url, flow)?.issuer, step: issued }
  }
  if (step.grantType !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'silent'
  const meant = step.grantAssertion === undefined ? [] : audiences(step.grantAssertion)
  const other = flow
    .of('server-metadata')
    .find(({ ok, issuer }) => ok && issuer !== undefined && meant.includes(issuer))
  return other === undefined ? 'silent' : { sort: 'assertion', issuer: other.issuer, step: other }
}

/** The metadata that names this endpoint. */
function metadataOf(url: string, flow: Flow): ServerMetadata | undefined {
  return flow.of('server-metadata').findLast((one) => one.ok && namesEndpoint(one, url))
}
