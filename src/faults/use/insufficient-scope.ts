import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/insufficient-scope',
  title: 'a call is answered 403 with the scope that it needs',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'scope/step-up-mishandled',
  spec: ['RFC 6750 §3.1', 'MCP 2025-11-25 Scope Challenge Handling'],
  expected: 'The client asks for the scope that is named, once, and repeats the call.',
  acted: true,
  passing: true,
  act: () => ({
    answer: {
      status: 403,
      headers: [['WWW-Authenticate', 'Bearer error="insufficient_scope", scope="mcp:admin"']],
      body: '',
    },
  }),
})
