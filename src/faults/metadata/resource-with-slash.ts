import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/resource-with-slash',
  title: 'the resource metadata names the resource with a slash at its end',
  breaks: 'resource-server',
  on: 'resource-metadata',
  side: 'response',
  rule: 'discovery/prm-resource-mismatch',
  spec: ['RFC 9728 §3.3'],
  expected:
    'The client refuses the document, or takes the name as the same resource and sends it as it is written.',
  act: () => ({ edits: [{ at: 'response.json/resource', how: '+=', value: '/' }] }),
})
