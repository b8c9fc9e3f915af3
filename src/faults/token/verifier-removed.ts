import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/verifier-removed',
  title: 'the code verifier is taken out of the token request',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'pkce/verifier-missing',
  spec: ['RFC 7636 §4.6'],
  expected: 'The authorization server refuses the code with invalid_grant.',
  act: () => ({ edits: [remove('request.form.code_verifier')] }),
})
