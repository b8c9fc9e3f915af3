import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/no-resource-metadata',
  title: 'the challenge does not name the resource metadata',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) =>
    step.kind === 'challenge' && step.status === 401 && step.authorization.length === 0,
  rule: 'challenge/resource-metadata-missing',
  spec: ['RFC 9728 §5.1'],
  expected: 'The client looks for the resource metadata at its well-known URIs.',
  act: () => ({ edits: [set('response.header.www-authenticate', 'Bearer realm="mcp"')] }),
})
