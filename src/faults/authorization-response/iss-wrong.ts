import { answeredIn, defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/iss-wrong',
  title: 'the authorization response says that it comes from another issuer',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/iss-invalid',
  spec: ['RFC 9207 §2.4'],
  expected: 'The client refuses the response and redeems nothing.',
  forbids: ['token'],
  act: (message) => ({ edits: [set(answeredIn(message, 'iss'), 'https://other.example')] }),
})
