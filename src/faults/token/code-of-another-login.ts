import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/code-of-another-login',
  title: 'a code is redeemed that was never issued',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/error-response',
  spec: ['RFC 6749 §5.2'],
  expected: 'The authorization server refuses the code with invalid_grant.',
  act: () => ({ edits: [set('request.form.code', 'a-code-that-was-never-issued')] }),
})
