import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/byte-a-second',
  title: 'the token comes a byte a second',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  rule: 'token/response-not-json',
  spec: ['RFC 9112 §9.5'],
  expected: 'The client waits, or gives up and says so; it does not redeem the code again.',
  waits: true,
  act: () => ({ pace: { after: 0, each: 1000 } }),
})
