import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/resource-removed',
  title: 'the resource is taken out of the token request',
  breaks: 'client',
  on: 'token',
  side: 'request',
  when: (step) => step.kind === 'token' && step.grantType === 'authorization_code',
  rule: 'audience/resource-param-missing',
  spec: ['RFC 8707 §2.2'],
  expected:
    'The authorization server issues the token for the resource of the authorization request, or refuses.',
  mayPass: true,
  act: () => ({ edits: [remove('request.form.resource')] }),
})
