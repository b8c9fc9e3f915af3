import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/expires-in-text',
  title: 'the time that the token lasts is a text',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/response-invalid',
  spec: ['RFC 6749 §5.1'],
  expected: 'The client says that the answer cannot be read, or reads the number in it.',
  act: () => ({ edits: [set('response.json/expires_in', 'an hour')] }),
})
