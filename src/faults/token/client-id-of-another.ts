import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/client-id-of-another',
  title: 'the code is redeemed with the client id of another client',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'registration/client-id-mismatch',
  spec: ['RFC 6749 §4.1.3'],
  expected: 'The authorization server refuses the code with invalid_grant or invalid_client.',
  act: () => ({ edits: [set('request.form.client_id', 'another-client')] }),
})
