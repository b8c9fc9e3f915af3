import {
  type Flow,
  type Authorize,
  type Said,
  type Step,
  blind,
  defineRule,
  isUpstreamHop,
  param,
  parameterPlace,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/consent-forced',
  title: 'The client forces a consent that this person may not give',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['OIDC Core §3.1.2.1', 'RFC 6749 §4.1.2.1'],
  revisions: 'all',
  why: 'Where an administrator has consented for everybody, or alone may, asking each person anew ends in a page that wants approval.',
  remedy:
    'Leave `prompt=consent` out, so that the consent of the administrator counts; send it only where the server asks for it.',
  explains: [
    'authorization/endpoint-error-page',
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'authorize',

  *check(step, flow) {
    if (step.opaque) return blind('the authorization request')
    if (isUpstreamHop(step, flow)) return 'silent'
    const prompt = param(step.params, 'prompt') ?? ''
    const forced = prompt.split(' ').find((one) => one === 'consent' || one === 'admin_consent')
    if (forced === undefined) return 'silent'
    const answered = refusalTo(step, flow)
    if (answered === undefined) return
    const served = flow.after(step, 'token').some(({ ok }) => ok)
    yield {
      variant: forced,
      severity: served ? 'warning' : 'error',
      confidence: 'likely',
      message: `the client asks with prompt=${forced}, and is told ${quoted(answered.words.words)}`,
      evidence: [
        { ...parameterPlace(step, 'prompt', flow), note: 'forces a consent' },
        { step: answered.step, at: answered.words.at, note: 'what the server says' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the person consents',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&prompt=consent&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1`,
      },
    ],
    bad: [
      {
        name: 'an administrator has to approve',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&prompt=consent&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?error=access_denied&error_description=AADSTS90094%3A+admin+consent+is+required&state=s1`,
        expect: { variant: 'consent', severity: 'error', fault: 'client' },
      },
    ],
  },
})

/** Words about consent in the answer to a request, or in the response that the browser brings. */
function refusalTo(step: Authorize, flow: Flow): { step: Step; words: Said } | undefined {
  const back = flow.after(step, 'callback').filter(({ state }) => state === step.state)
  for (const one of [step, ...back]) {
    const words = said(one, 'consent')
    // A person who declines is no tenant that does not allow it.
    if (words !== undefined && said(one, 'declined') === undefined) return { step: one, words }
  }
  return undefined
}
