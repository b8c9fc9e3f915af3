import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/no-header',
  title: 'the 401 comes without WWW-Authenticate',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) =>
    step.kind === 'challenge' && step.status === 401 && step.authorization.length === 0,
  rule: 'challenge/www-authenticate-missing',
  spec: ['RFC 9110 §11.6.1'],
  expected: 'The client looks for the resource metadata at its well-known URIs.',
  act: () => ({ edits: [remove('response.header.www-authenticate')] }),
})
