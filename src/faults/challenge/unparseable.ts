import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/unparseable',
  title: 'the challenge has a quote that is not closed',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) =>
    step.kind === 'challenge' && step.status === 401 && step.authorization.length === 0,
  rule: 'challenge/unparseable',
  spec: ['RFC 9110 §11.6.1'],
  expected: 'The client reads what it can of the challenge, or goes on to the well-known URIs.',
  act: () => ({
    edits: [set('response.header.www-authenticate', 'Bearer realm="mcp, error=invalid_token')],
  }),
})
