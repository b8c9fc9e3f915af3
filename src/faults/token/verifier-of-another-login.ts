import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/verifier-of-another-login',
  title: 'the token request has a code verifier that does not fit',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'pkce/verifier-mismatch',
  spec: ['RFC 7636 §4.6'],
  expected: 'The authorization server refuses the code with invalid_grant.',
  act: () => ({
    edits: [
      set('request.form.code_verifier', 'a-verifier-that-belongs-to-another-login-altogether'),
    ],
  }),
})
