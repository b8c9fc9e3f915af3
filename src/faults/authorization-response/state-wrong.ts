import { answeredIn, defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/state-wrong',
  title: 'the authorization response has another state than the request',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/response-malformed',
  spec: ['RFC 6749 §10.12'],
  expected: 'The client refuses the response and redeems nothing.',
  forbids: ['token'],
  act: (message) => ({ edits: [set(answeredIn(message, 'state'), 'of-another-login')] }),
})
