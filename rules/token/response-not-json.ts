import { defineRule, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/response-not-json',
  title: 'A successful token response is not JSON',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'client'],
  spec: ['RFC 6749 §5.1', 'OAuth 2.1 §3.2.3'],
  revisions: 'all',
  threads: ['https://github.com/modelcontextprotocol/python-sdk/issues/1523'],
  why: 'Clients parse the token response as JSON and fail on anything else, although the server issued a token.',
  remedy:
    'Answer token requests with `Content-Type: application/json` and a JSON object, whatever the Accept header says.',
  explains: ['flow/stalled', 'flow/reauth-loop', 'bearer/missing'],

  on: 'token',

  *check(step, flow) {
    if (
      step.status === undefined ||
      step.status < 200 ||
      step.status > 299 ||
      step.error !== undefined
    )
      return 'silent'
    if (step.answer.kind === 'object') {
      if (
        step.answerType === undefined ||
        step.answerType === 'application/json' ||
        step.answerType.endsWith('+json')
      )
        return
      yield {
        variant: 'wrong-type-but-json',
        severity: 'warning',
        message: `the token response is JSON but is labelled ${quoted(step.answerType)}`,
        evidence: [
          { step, at: 'response.header.content-type[0]', note: 'must be application/json' },
        ],
      }
      return
    }
    const form = step.accessToken !== undefined
    // GitHub and its kin answer in JSON only to those who ask for it.
    const asked = step.accept?.includes('json') === true
    yield {
      variant: form ? 'form-encoded' : 'html',
      // This client could read it; others could not.
      severity: flow.usesOf(step).length > 0 ? 'warning' : 'error',
      fault: form && !asked ? 'client' : 'authorization-server',
      ...(form && !asked
        ? {
            confidence: 'likely',
            remedy:
              'Send `Accept: application/json` with every token request; this server answers in JSON only then.',
          }
        : {}),
      message: form
        ? `the token response is form-encoded${asked ? ' although the client asked for JSON' : ', and the client did not ask for JSON'}`
        : `the token response is ${step.answer.kind === 'empty' ? 'empty' : 'not JSON'}`,
      found: form ? 'a form' : step.answer.kind === 'empty' ? 'nothing' : 'no JSON',
      expected: 'application/json',
      evidence: [
        { step, at: 'response.header.content-type[0]', note: 'must be application/json' },
        { step, at: 'request.header.accept[0]', note: 'what the client asked for' },
      ],
    }
  },

  examples: {
    good: [{ name: 'JSON, labelled as such', http: '${opening only token}' }],
    bad: [
      {
        name: 'form-encoded although JSON was asked for',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded
          > accept: application/json

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK
          < content-type: application/x-www-form-urlencoded

          access_token=\${secret gho_}&token_type=bearer`,
        expect: { variant: 'form-encoded', fault: 'authorization-server', severity: 'error' },
      },
      {
        name: 'a page in place of a token',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK
          < content-type: text/html

          <html><body>Signed in</body></html>`,
        expect: { variant: 'html' },
      },
    ],
  },
})
