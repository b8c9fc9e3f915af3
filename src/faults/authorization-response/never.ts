import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'authorization-response/never',
  title: 'the browser does not come back from the login',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'flow/stalled',
  spec: ['RFC 6749 §4.1.2'],
  expected: 'The client waits as long as a person may take, and then says that nobody came back.',
  waits: true,
  act: () => ({ cut: { how: 'closed', after: 'nothing' } }),
})
