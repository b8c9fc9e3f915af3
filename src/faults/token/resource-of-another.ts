import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/resource-of-another',
  title: 'the token is asked for another resource',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'audience/resource-param-inconsistent',
  spec: ['RFC 8707 §2.2'],
  expected:
    'The authorization server refuses with invalid_target, or the MCP server refuses the token.',
  act: () => ({ edits: [set('request.form.resource', 'https://other.example/mcp')] }),
})
