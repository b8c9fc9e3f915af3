import { defineFault, rpcId, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'challenge/success',
  title: 'a call without a token is answered 200 and refused in the body',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  when: (step) =>
    step.kind === 'challenge' &&
    step.status === 401 &&
    step.authorization.length === 0 &&
    // Only a call can be answered in the words of JSON-RPC, and not what opens a stream.
    step.exchange.request.method === 'POST',
  rule: 'challenge/wrong-status',
  spec: ['MCP 2025-11-25 Authorization Server Location'],
  expected: 'The client does not take it for an answer, and says what the server said.',
  act: (_, step) => ({
    edits: [
      set('response.status', 200),
      set('response.header.content-type', 'application/json'),
      set(
        'response.body',
        JSON.stringify({
          jsonrpc: '2.0',
          id: rpcId(step),
          error: { code: -32001, message: 'Unauthorized' },
        }),
      ),
    ],
  }),
})
