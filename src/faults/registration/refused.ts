import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'registration/refused',
  title: 'the registration is refused',
  breaks: 'authorization-server',
  on: 'registration',
  side: 'response',
  rule: 'registration/rejected',
  spec: ['RFC 7591 §3.2.2'],
  expected: 'The client says what the server said, and asks for a client id.',
  act: () => ({
    edits: [
      set('response.status', 400),
      set(
        'response.body',
        '{"error":"invalid_client_metadata","error_description":"registration is closed"}',
      ),
    ],
  }),
})
