import {
  type PushedRequest,
  type Registration,
  type TokenCall,
  bodyText,
  defineRule,
  edgeAnswer,
  edgePage,
  htmlPage,
  member,
  objectOf,
  quoted,
  readDocument,
  shortened,
  textOfPage,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/error-not-oauth',
  title: 'The token endpoint answers with an error that clients cannot read',
  severity: ['error', 'info'],
  fault: ['authorization-server', 'intermediary'],
  spec: ['RFC 6749 §5.2', 'RFC 7591 §3.2.2'],
  revisions: 'all',
  why: 'Clients look for the member `error`; without it they cannot tell a bad request from a broken server, and show the user nothing useful.',
  remedy:
    'Answer with 400 (401 for client authentication), Content-Type application/json and a string `error`; if the endpoint does not do what its metadata says, correct the metadata.',
  explains: ['flow/stalled', 'flow/step-failed', 'token/error-response'],

  on: ['token', 'pushed-request'],

  *check(step, flow) {
    const { response } = step.exchange
    // What fails with 5xx is another matter: nobody expects a server that is down to say so in JSON.
    if (response === undefined || response.status < 400 || response.status >= 500)
      return step.ok ? undefined : 'silent'
    if (step.error !== undefined || response.status === 429) return
    const body = bodyText(response)
    const edge = edgeAnswer(response.headers, body) ?? edgePage(response.headers, body)
    const recovered = flow.after(step, step.kind).some(({ ok }) => ok)
    const words = shortened(textOfPage(body), 160)
    yield {
      variant: variantOf(step, body),
      severity: recovered ? 'info' : 'error',
      fault: edge === undefined ? 'authorization-server' : 'intermediary',
      message: `${step.url} answers ${response.status} ${words === '' ? 'with nothing' : `with ${quoted(words)}`}, which is not an OAuth error`,
      found: `${response.status} without an error code${words === '' ? '' : ` (${quoted(words)})`}`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'response.header.content-type' },
        { step, at: 'response.body', note: 'must be a JSON object with a string `error`' },
        step.kind === 'token' && { step, at: 'request.form.grant_type' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'an error as RFC 6749 has it',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 400 Bad Request
          < content-type: application/json

          {"error":"invalid_grant"}`,
      },
    ],
    bad: [
      {
        name: 'a problem document',
        http: `
          \${opening only refresh unanswered}

          < HTTP/1.1 400 Bad Request
          < content-type: application/problem+json

          {"title":"unsupported grant","status":400}`,
        expect: { variant: 'missing-error', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a page',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 404 Not Found
          < content-type: text/html

          <html><title>Not Found</title></html>`,
        expect: { variant: 'html', severity: 'error' },
      },
    ],
  },
})

function variantOf(step: TokenCall | PushedRequest | Registration, body: string): string {
  const response = step.exchange.response!
  if (body.trim() === '') return 'empty'
  if (htmlPage(response.headers, body) !== undefined) return 'html'
  const document = objectOf(readDocument(response))
  if (document === undefined) return 'text'
  return typeof member(document, 'error') === 'object' ? 'json-rpc' : 'missing-error'
}
