import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/challenge-stripped',
  title: 'a call with a token is answered 401 without WWW-Authenticate',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'bearer/fresh-token-rejected',
  spec: ['RFC 9110 §15.5.2'],
  expected:
    'The client refreshes its token or logs in again once, and then says that the server refuses it.',
  acted: true,
  passing: true,
  act: () => ({ answer: { status: 401, headers: [], body: '' } }),
})
