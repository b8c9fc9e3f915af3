import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/no-bearer',
  title: 'a call has its token without a scheme',
  breaks: 'client',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'bearer/malformed',
  spec: ['RFC 6750 §2.1'],
  expected: 'The server answers 401 with a challenge.',
  act: () => ({ edits: [set('request.header.authorization', 'no-scheme')] }),
})
