import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/reset-in-body',
  title: 'the connection is reset in the middle of the token',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  rule: 'token/response-not-json',
  spec: ['RFC 9112 §8'],
  expected: 'The client says that the answer broke off; it does not use half of it.',
  forbids: ['mcp'],
  act: () => ({ cut: { how: 'reset', after: 'half' } }),
})
