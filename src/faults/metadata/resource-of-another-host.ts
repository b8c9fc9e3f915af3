import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/resource-of-another-host',
  title: 'the resource metadata is of another host',
  breaks: 'resource-server',
  on: 'resource-metadata',
  side: 'response',
  rule: 'discovery/prm-resource-mismatch',
  spec: ['RFC 9728 §3.3'],
  expected: 'The client refuses the document and sends no token.',
  forbids: ['authorize', 'token'],
  act: () => ({ edits: [set('response.json/resource', 'https://other.example/mcp')] }),
})
