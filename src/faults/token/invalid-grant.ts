import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/invalid-grant',
  title: 'the code is refused with invalid_grant',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/error-response',
  spec: ['RFC 6749 §5.2'],
  expected: 'The client begins the login anew once, or says that it failed.',
  act: () => ({
    edits: [set('response.status', 400), set('response.body', '{"error":"invalid_grant"}')],
  }),
})
