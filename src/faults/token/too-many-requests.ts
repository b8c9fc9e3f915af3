import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/too-many-requests',
  title: 'the token endpoint answers 429 with Retry-After',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'flow/rate-limited',
  spec: ['RFC 9110 §10.2.3'],
  expected: 'The client waits as long as it is told before it tries again.',
  passing: true,
  act: () => ({
    edits: [
      set('response.status', 429),
      set('response.header.retry-after', '30'),
      set('response.header.content-type', 'text/plain'),
      set('response.body', 'too many requests'),
    ],
  }),
})
