import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/s256-not-advertised',
  title: 'the server metadata does not say that PKCE is supported',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'pkce/support-not-advertised',
  spec: ['MCP 2025-11-25 Authorization Code Protection'],
  expected: 'The client refuses to go on.',
  forbids: ['authorize'],
  act: () => ({ edits: [remove('response.json/code_challenge_methods_supported')] }),
})
