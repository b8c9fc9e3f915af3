import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/issuer-with-slash',
  title: 'the issuer in the server metadata has a slash at its end',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'discovery/asm-issuer-mismatch',
  spec: ['RFC 8414 §3.3'],
  expected: 'The client refuses the document: issuers are compared character by character.',
  forbids: ['registration', 'authorize', 'token'],
  act: () => ({ edits: [{ at: 'response.json/issuer', how: '+=', value: '/' }] }),
})
