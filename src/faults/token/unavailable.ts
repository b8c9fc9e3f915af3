import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/unavailable',
  title: 'the token endpoint answers 503',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/error-response',
  spec: ['RFC 9110 §15.6.4'],
  expected: 'The client waits and tries again, or says that the server is not available.',
  passing: true,
  act: () => ({
    edits: [
      set('response.status', 503),
      set('response.header.content-type', 'text/plain'),
      set('response.body', 'unavailable'),
    ],
  }),
})
