import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/no-expires-in',
  title: 'the token comes without a time that it lasts, as it may',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  spec: ['RFC 6749 §5.1'],
  expected: 'The client uses the token until it is refused.',
  act: () => ({ edits: [remove('response.json/expires_in')] }),
})
