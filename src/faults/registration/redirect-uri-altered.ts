import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'registration/redirect-uri-altered',
  title: 'the registration is answered with another redirect URI',
  breaks: 'authorization-server',
  on: 'registration',
  side: 'response',
  rule: 'flow/stalled',
  spec: ['RFC 7591 §3.2.1'],
  expected: 'The client uses no redirect URI that was not registered, and says so.',
  act: () => ({ edits: [set('response.json/redirect_uris', ['http://127.0.0.1:1/other'])] }),
})
