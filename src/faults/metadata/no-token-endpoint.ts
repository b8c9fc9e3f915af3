import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/no-token-endpoint',
  title: 'the server metadata does not name the token endpoint',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'discovery/asm-required-field-missing',
  spec: ['RFC 8414 §2'],
  expected: 'The client says what is lacking before it sends anybody to log in.',
  forbids: ['authorize'],
  act: () => ({ edits: [remove('response.json/token_endpoint')] }),
})
