import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/type-missing',
  title: 'the token comes without a type',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/response-invalid',
  spec: ['RFC 6749 §5.1'],
  expected: 'The client does not use the token.',
  forbids: ['mcp'],
  act: () => ({ edits: [remove('response.json/token_type')] }),
})
