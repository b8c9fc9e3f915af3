import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/issuer-of-another-host',
  title: 'the server metadata has the issuer of another host',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'discovery/asm-issuer-mismatch',
  spec: ['RFC 8414 §3.3'],
  expected: 'The client refuses the document and sends nothing to the endpoints in it.',
  forbids: ['registration', 'authorize', 'token'],
  act: () => ({ edits: [set('response.json/issuer', 'https://other.example')] }),
})
