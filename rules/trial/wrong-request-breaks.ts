import { defineRule, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'trial/wrong-request-breaks',
  title: 'A server answers a wrong request as if it had broken itself',
  severity: ['warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['RFC 9110 §15.6', 'RFC 9110 §15.5'],
  revisions: 'all',
  why: 'After a 5xx clients wait and send the same again. After a 4xx they know that the request was wrong, and how.',
  remedy: 'Answer a request that is wrong with a status from 400 to 499 that says what is wrong.',
  trials: true,

  on: ['mcp', 'challenge', 'authorize'],

  *check(step, flow) {
    const { status } = step
    const what = words[step.exchange.trial?.sort ?? '']
    if (what === undefined || status === undefined) return 'silent'
    if (status < 500 || [501, 502, 503, 504, 505].includes(status)) return
    const isLogin = step.kind === 'authorize'
    // Where a right request breaks it as well, that is the fault.
    if (!isLogin && flow.of('mcp').some((call) => (call.status ?? 0) >= 500)) return
    yield {
      fault: isLogin ? 'authorization-server' : 'resource-server',
      message: `${isLogin ? quoted(step.url.split('?', 1)[0]) : step.target} answers ${what} with ${status}`,
      evidence: [
        { step, at: 'response.status', note: 'must be from 400 to 499' },
        { step, at: 'request.url' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a right message gets 500 as well, which is the fault then',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 500 Internal Server Error

          # trial=head:1
          > HEAD https://mcp.example/mcp

          < HTTP/1.1 500 Internal Server Error`,
      },
      {
        name: 'a message without a type gets 415',
        http: `
          \${opening only challenge}

          # trial=no-content-type:1
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 415 Unsupported Media Type`,
      },
    ],
    bad: [
      {
        name: 'a message without a type gets 500',
        http: `
          \${opening only challenge}

          # trial=no-content-type:1
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 500 Internal Server Error`,
        expect: { severity: 'warning', fault: 'resource-server' },
      },
      {
        name: 'a client that is not known gets 500',
        http: `
          \${opening until server-metadata}

          # trial=unknown-client:1
          > GET https://as.example/authorize?response_type=code&client_id=nobody&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s9

          < HTTP/1.1 500 Internal Server Error`,
        expect: { fault: 'authorization-server' },
      },
    ],
  },
})

const words: Readonly<Record<string, string>> = {
  'token-in-query': 'a token in the query',
  'wrong-method': 'a method that MCP does not have',
  'no-content-type': 'a message without Content-Type',
  'unknown-client': 'a login of a client that it does not know',
  'event-stream': 'a GET without a session',
  head: 'a HEAD',
  stateless: 'a call of the stateless revision',
}
