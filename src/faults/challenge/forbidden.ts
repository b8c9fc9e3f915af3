import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/forbidden',
  title: 'a call without a token is answered 403 in place of 401',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) =>
    step.kind === 'challenge' && step.status === 401 && step.authorization.length === 0,
  rule: 'challenge/wrong-status',
  spec: ['RFC 6750 §3.1'],
  expected: 'The client says that the server refuses it, and does not call again and again.',
  act: () => ({ edits: [set('response.status', 403)] }),
})
