import { defineFault, parseForm, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/json',
  title: 'the token request is sent as JSON',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'token/wrong-content-type',
  spec: ['RFC 6749 §4.1.3'],
  expected:
    'The authorization server refuses the request with invalid_request, or reads it all the same.',
  mayPass: true,
  act: ({ body }) => ({
    edits: [
      set('request.header.content-type', 'application/json'),
      set('request.body', JSON.stringify(Object.fromEntries(parseForm(body ?? '')))),
    ],
  }),
})
