import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'registration/method-other',
  title: 'the registration is answered with another authentication method',
  breaks: 'authorization-server',
  on: 'registration',
  side: 'response',
  rule: 'registration/method-not-negotiated',
  spec: ['RFC 7591 §3.2.1'],
  expected: 'The client authenticates as it was registered, or says that it cannot.',
  act: () => ({ edits: [set('response.json/token_endpoint_auth_method', 'private_key_jwt')] }),
})
