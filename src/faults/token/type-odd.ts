import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/type-odd',
  title: 'the token has a type that the client cannot know',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/response-invalid',
  spec: ['RFC 6749 §7.1'],
  expected: 'The client does not use the token.',
  forbids: ['mcp'],
  act: () => ({ edits: [set('response.json/token_type', 'mac')] }),
})
