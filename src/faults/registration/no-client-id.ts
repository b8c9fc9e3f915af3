import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'registration/no-client-id',
  title: 'the registration is answered without a client id',
  breaks: 'authorization-server',
  on: 'registration',
  side: 'response',
  rule: 'registration/response-invalid',
  spec: ['RFC 7591 §3.2.1'],
  expected: 'The client says that the registration failed, and begins no login.',
  forbids: ['authorize'],
  act: () => ({ edits: [remove('response.json/client_id')] }),
})
