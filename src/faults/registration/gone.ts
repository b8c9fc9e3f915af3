import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'registration/gone',
  title: 'the registration endpoint is gone',
  breaks: 'authorization-server',
  on: 'registration',
  side: 'response',
  rule: 'registration/rejected',
  spec: ['RFC 7591 §3.2.2'],
  expected: 'The client says that it cannot register here, and asks for a client id.',
  act: () => ({
    edits: [
      set('response.status', 404),
      set('response.header.content-type', 'text/plain'),
      set('response.body', 'not found'),
    ],
  }),
})
