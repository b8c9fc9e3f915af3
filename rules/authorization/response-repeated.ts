import { defineRule, undetermined } from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/response-repeated',
  title: 'The browser brings one authorization response more than once',
  severity: ['info'],
  fault: ['undetermined'],
  spec: ['RFC 6749 §4.1.2', 'RFC 9700 §4.2'],
  revisions: 'all',
  why: 'A code works once. A client that redeems it at each visit is refused at the second, and the server may then revoke what the first gave.',
  remedy:
    'Take the first response and pass over those that follow. Look for what asks for the page again: a browser that loads ahead, an extension, a person who reloads.',

  on: 'callback',

  *check(step, flow) {
    if (step.code === undefined) return 'silent'
    const first = flow.before(step, 'callback').find(({ code }) => code === step.code)
    if (first === undefined) return
    yield {
      ...undetermined({
        client: 'its page, or the browser that shows it, asks for it again',
        intermediary: 'something between browser and client asks for it as well',
      }),
      message: `the browser brings the same code to ${step.redirectUri} again`,
      evidence: [
        { step, at: 'request.query.code', note: 'the same as before' },
        { step: first, at: 'request.query.code', note: 'brought first' },
      ],
    }
  },

  examples: {
    good: [{ name: 'it comes once', http: '${opening until callback}' }],
    bad: [
      {
        name: 'it comes twice',
        http: `
          \${opening until callback}

          > GET http://127.0.0.1:5000/cb?code=c1&state=s1

          < HTTP/1.1 200 OK
          < content-type: text/plain

          You may close this page.`,
        expect: { severity: 'info', fault: 'undetermined' },
      },
    ],
  },
})
