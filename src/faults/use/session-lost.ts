import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/session-lost',
  title: 'the server does not know the session of a call',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => step.kind === 'mcp' && step.sessionId !== undefined,
  rule: 'flow/step-failed',
  spec: ['MCP 2025-11-25 Session Management'],
  expected: 'The client begins a new session; it does not log in again.',
  acted: true,
  passing: true,
  act: () => ({ answer: { status: 404, headers: [], body: '' } }),
})
