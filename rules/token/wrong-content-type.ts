import { type TokenCall, defineRule, param, queryParams, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/wrong-content-type',
  title: 'The token request is not form-encoded',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §3.2', 'OAuth 2.1 §3.2.2'],
  revisions: 'all',
  seed: ['P-4'],
  why: 'A token endpoint reads form fields from the body. It ignores parameters that come as JSON or in the query.',
  remedy:
    'Send the parameters form-encoded in the POST body, with `Content-Type: application/x-www-form-urlencoded`.',
  explains: [
    'flow/stalled',
    'pkce/verifier-missing',
    'token/endpoint-unusable',
    'token/error-response',
    'token/required-parameter-missing',
    'token/error-not-oauth',
  ],

  on: 'token',

  *check(step) {
    const { request, failure } = step.exchange
    if (request.method !== 'POST') return 'silent'
    // Whether it is taken all the same is not known yet.
    if (step.status === undefined && failure === undefined) return 'silent'
    const severity = isRead(step) ? 'warning' : 'error'
    const inQuery = param(queryParams(step.url), 'grant_type') !== undefined
    if (inQuery) {
      yield {
        variant: 'query',
        severity,
        message: 'the token request carries its parameters in the query instead of the body',
        evidence: [{ step, at: 'request.query.grant_type', note: 'belongs in the body' }],
      }
      return
    }
    // A body without a type that reads as a form is understood by most servers, and by curl's users left out at times.
    if (step.contentType === form || (step.contentType === undefined && step.ok)) return
    yield {
      variant:
        step.contentType?.includes('json') === true
          ? 'json'
          : step.contentType?.startsWith('multipart/') === true
            ? 'multipart'
            : 'other',
      severity,
      message:
        step.contentType === undefined
          ? `the token request has no Content-Type, which must be ${form}`
          : `the Content-Type of the token request is ${quoted(step.contentType)}, not ${form}`,
      found: step.contentType,
      expected: form,
      evidence: [{ step, at: 'request.header.content-type[0]', note: `must be ${form}` }],
    }
  },

  examples: {
    good: [
      {
        name: 'a form with a charset',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded;charset=UTF-8

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'JSON, and refused',
        http: `
          > POST https://as.example/token
          > content-type: application/json

          {"grant_type":"authorization_code","code":"c1"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request"}`,
        expect: { variant: 'json', severity: 'error' },
      },
      {
        name: 'JSON, and accepted by this server',
        http: `
          > POST https://as.example/token
          > content-type: application/json

          {"grant_type":"authorization_code","code":"c1"}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'json', severity: 'warning' },
      },
    ],
  },
})

const form = 'application/x-www-form-urlencoded'

/** Codes that nobody gives who did not find the grant, the client and what they ask for in the request. */
const afterReading = new Set([
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
])

/** The server found the parameters all the same, or never answered. */
function isRead({ ok, error, status }: TokenCall): boolean {
  return ok || status === undefined || afterReading.has(error?.error ?? '')
}
