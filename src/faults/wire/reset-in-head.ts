import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/reset-in-head',
  title: 'the connection is reset before the token',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  rule: 'discovery/endpoint-unreachable',
  spec: ['RFC 9112 §9.5'],
  expected:
    'The client says that the authorization server broke off; it does not redeem the code again.',
  act: () => ({ cut: { how: 'reset', after: 'nothing' } }),
})
