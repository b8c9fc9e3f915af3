import { answeredIn, defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/code-twice',
  title: 'the authorization response has two codes',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'authorization/response-malformed',
  spec: ['RFC 6749 §3.1'],
  expected: 'The client refuses the response, or redeems one of the two.',
  act: (message) => ({
    edits: [{ at: answeredIn(message, 'code'), how: '+=', value: 'another-code' }],
  }),
})
