import { answeredIn, defineFault, remove, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/error',
  title: 'the login is answered with server_error',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/error-response',
  spec: ['RFC 6749 §4.1.2.1'],
  expected: 'The client says that the login failed, and does not begin another by itself.',
  forbids: ['token'],
  act: (message) => ({
    edits: [remove(answeredIn(message, 'code')), set(answeredIn(message, 'error'), 'server_error')],
  }),
})
