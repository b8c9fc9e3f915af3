import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/html',
  title: 'a page comes in place of the token',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/response-not-json',
  spec: ['RFC 6749 §5.1'],
  expected: 'The client says that the token endpoint failed.',
  act: () => ({
    edits: [
      set('response.header.content-type', 'text/html'),
      set('response.body', '<!doctype html><title>Welcome</title>'),
    ],
  }),
})
