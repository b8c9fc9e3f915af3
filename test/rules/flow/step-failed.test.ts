import { expect, test } from 'vitest'
import rule from '../../../rules/flow/step-failed.ts'
import { run } from '../run.ts'

const initialize = '{"jsonrpc":"2.0","id":1,"method":"initialize"}'

test('a server that asks for another scheme alone is told of', () => {
  const http = `> POST https://mcp.example/mcp\n\n${initialize}\n\n< HTTP/1.1 401 Unauthorized\n< www-authenticate: Basic realm="intranet"\n`
  expect(run(rule, http).findings).toMatchObject([{ variant: 'other-scheme', severity: 'error' }])
})

const unanswered = (seconds: string) =>
  `# at 12:00:00 until 12:00:${seconds}\n> POST https://mcp.example/mcp\n> authorization: Bearer \${secret at_}\n\n${initialize}\n\n! client-gone ECLIENTGONE\n`

test('a call that was never answered is told of, not one that was given up at once', () => {
  expect(run(rule, unanswered('30')).findings).toMatchObject([
    { variant: 'no-answer', fault: 'resource-server' },
  ])
  expect(run(rule, unanswered('01')).findings).toEqual([])
})

const call = (method: string, answer: string) =>
  `> ${method} https://mcp.example/mcp\n> authorization: Bearer \${secret at_}\n> accept: text/event-stream\n\n${method === 'POST' ? initialize : ''}\n\n${answer}\n\n`
const accepted = call(
  'POST',
  '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":1,"result":{}}',
)

test.each([
  ['a server that offers no event stream', call('GET', '< HTTP/1.1 405 Method Not Allowed')],
  ['a stream that is refused to a client that is in', call('GET', '< HTTP/1.1 401 Unauthorized')],
  ['a session that the server does not end', call('DELETE', '< HTTP/1.1 404 Not Found')],
  ['a stream that the client ends', call('GET', '! client-gone ECLIENTGONE')],
])('%s ends no login in failure', (_, more) => {
  expect(run(rule, accepted + more).findings).toEqual([])
})

test('an error of a method that the server does not have is an answer all the same', () => {
  const unknown = call(
    'POST',
    '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}',
  )
  expect(run(rule, accepted + unknown).findings).toEqual([])
})
