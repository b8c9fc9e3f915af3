import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/refresh-refused',
  title: 'a refresh is refused, as that of a token is that was rotated before',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'refresh_token',
  rule: 'token/error-response',
  spec: ['OAuth 2.1 §4.3.1', 'RFC 6749 §5.2'],
  expected:
    'The client forgets the refresh token and begins a new login, or says that one is needed.',
  before: 'use/expired',
  act: () => ({
    edits: [
      set('response.status', 400),
      set('response.body', '{"error":"invalid_grant","error_description":"refresh token reused"}'),
    ],
  }),
})
