import { defineRule, jwtBearer, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'jwt-bearer/retry-or-fallback',
  title: 'The client repeats a refused assertion, or tries another grant in its place',
  severity: ['warning'],
  fault: ['client'],
  spec: ['RFC 7523 §2.1', 'RFC 6749 §5.2', 'RFC 7521 §4.1'],
  revisions: 'an extension, in draft',
  why: 'What was refused is refused again, and another grant may give access in another name than was meant.',
  remedy:
    'Tell the user of the refusal and obtain a new assertion; do not go over to another grant by itself.',

  on: 'token',

  *check(step, flow) {
    const tried = flow.before(step, 'token').at(-1)
    if (tried?.grantType !== jwtBearer) return step.grantType === jwtBearer ? undefined : 'silent'
    if (tried.error === undefined || !final.has(tried.error.error)) return
    const same =
      step.grantType === jwtBearer && step.grantAssertion?.value === tried.grantAssertion?.value
    if (!same && !others.has(step.grantType ?? '')) return
    yield {
      variant: same ? 'same-assertion' : 'grant-switch',
      message:
        `the server answers the assertion with ${tried.error.error}, and the client ` +
        (same ? 'sends it once more' : `goes on with ${quoted(step.grantType)}`),
      evidence: [
        { step: tried, at: 'response.json/error', note: 'refused' },
        same
          ? { step, at: 'request.form.assertion', note: 'the same again' }
          : { step, at: 'request.form.grant_type', note: 'another grant' },
      ],
    }
  },

  examples: {
    good: [{ name: 'a new assertion after one was refused', http: tries('1', '2') }],
    bad: [
      {
        name: 'the same assertion again',
        http: tries('1', '1'),
        expect: { variant: 'same-assertion', severity: 'warning' },
      },
    ],
  },
})

/** Refusals that no repetition changes. */
const final = new Set(['invalid_grant', 'invalid_scope', 'unauthorized_client'])
const others = new Set(['client_credentials', 'authorization_code', 'password'])

function tries(...ids: string[]): string {
  return ids
    .map(
      (id) => `
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&client_id=app&assertion=\${jwt {"iss":"https://idp.example","sub":"w","aud":"https://as.example","exp":1767268860,"jti":"${id}"}}

    < HTTP/1.1 400 Bad Request

    {"error":"invalid_grant"}`,
    )
    .join('\n')
}
