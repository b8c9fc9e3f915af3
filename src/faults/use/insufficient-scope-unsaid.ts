import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/insufficient-scope-unsaid',
  title: 'a call is answered 403 without saying what it needs',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'bearer/fresh-token-rejected',
  spec: ['RFC 6750 §3.1'],
  expected: 'The client says that it may not do this; it does not log in again and again.',
  acted: true,
  passing: true,
  act: () => ({ answer: { status: 403, headers: [], body: 'forbidden' } }),
})
