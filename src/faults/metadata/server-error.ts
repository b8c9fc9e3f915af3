import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/server-error',
  title: 'the server metadata is answered 500',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'discovery/wellknown-error-status',
  spec: ['RFC 8414 §3'],
  expected: 'The client says that the server failed; it does not take the document for absent.',
  passing: true,
  act: () => ({ edits: [set('response.status', 500)] }),
})
