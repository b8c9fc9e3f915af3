import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/refused-connection',
  title: 'nobody answers the calls that carry a token',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'discovery/endpoint-unreachable',
  spec: ['RFC 9110 §15.6'],
  expected:
    'The client says that the server cannot be reached, and does not log in again because of it.',
  passing: true,
  act: () => ({ cut: { how: 'closed', after: 'nothing' } }),
})
