import { answeredIn, defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/no-state',
  title: 'the authorization response has no state',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/response-malformed',
  spec: ['RFC 6749 §4.1.2'],
  expected: 'The client refuses the response and redeems nothing.',
  forbids: ['token'],
  act: (message) => ({ edits: [remove(answeredIn(message, 'state'))] }),
})
