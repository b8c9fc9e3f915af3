import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/authorization-stripped',
  title: 'a call loses its Authorization field on the way',
  breaks: 'client',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'bearer/missing',
  spec: ['RFC 6750 §2.1'],
  expected: 'The server answers 401 with a challenge.',
  act: () => ({ edits: [remove('request.header.authorization')] }),
})
