import { answeredIn, defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/no-iss',
  title:
    'the authorization response does not say which issuer it comes from, although the server says that it does',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/iss-invalid',
  spec: ['RFC 9207 §2.4'],
  expected: 'The client refuses the response and redeems nothing.',
  forbids: ['token'],
  act: (message) => ({ edits: [remove(answeredIn(message, 'iss'))] }),
})
