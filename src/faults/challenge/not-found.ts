import { defineFault, remove, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/not-found',
  title: 'a call without a token is answered 404 in place of 401',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) => 'authorization' in step && step.authorization.length === 0 && step.status === 401,
  rule: 'challenge/wrong-status',
  spec: ['RFC 9110 §15.5.2'],
  expected: 'The client says that it found no server there, and does not call again and again.',
  act: () => ({ edits: [set('response.status', 404), remove('response.header.www-authenticate')] }),
})
