import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/slow',
  title: 'the metadata of the authorization server comes after fifteen seconds',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  when: (step) => step.kind === 'server-metadata' && step.status === 200,
  rule: 'flow/step-failed',
  spec: ['RFC 8414 §3.2'],
  expected:
    'The client waits, or says that the authorization server does not answer; it does not guess endpoints.',
  passing: true,
  act: () => ({ pace: { after: 15_000, each: 0 } }),
})
