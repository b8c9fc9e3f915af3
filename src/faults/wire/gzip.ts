import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/gzip',
  title: 'the token is said to be compressed and is not',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  rule: 'token/response-not-json',
  spec: ['RFC 9110 §8.4'],
  expected: 'The client says that the answer cannot be read.',
  act: () => ({ edits: [set('response.header.content-encoding', 'gzip')] }),
})
