import { expect, test } from 'vitest'
import rule from '../../../rules/challenge/wrong-status.ts'
import { run } from '../run.ts'
import { testExamples } from '../examples.ts'

function call(answer: string, fields = '', method = 'POST') {
  const body = method === 'POST' ? '{"jsonrpc":"2.0","id":1,"method":"tools/call"}\n\n' : ''
  const more = fields === '' ? '' : `${fields}\n`
  return `\n> ${method} https://mcp.example/mcp\n> accept: text/event-stream\n${more}\n${body}${answer}\n`
}

const unauthorized = call('< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer')
const token = '> authorization: Bearer ${secret at_ one}'

function rpcError(code: number, message: string) {
  const error = JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message } })
  return `< HTTP/1.1 200 OK\n< content-type: application/json\n\n${error}`
}

function toolError(text: string) {
  const result = { isError: true, content: [{ type: 'text', text }] }
  return `< HTTP/1.1 200 OK\n\n${JSON.stringify({ jsonrpc: '2.0', id: 1, result })}`
}

test.each([
  [
    'an unknown session',
    call('< HTTP/1.1 404 Not Found\n\nSession not found', '> mcp-session-id: 1'),
  ],
  ['GET where no stream is offered', call('< HTTP/1.1 405 Method Not Allowed', '', 'GET')],
  [
    'a rejected Origin',
    call(
      '< HTTP/1.1 403 Forbidden\n\n{"error":"Invalid origin"}',
      '> origin: https://evil.example',
    ),
  ],
  ['a rejected Host', call('< HTTP/1.1 403 Forbidden\n\nInvalid Host header')],
  [
    'a version that is not supported',
    call(
      `< HTTP/1.1 400 Bad Request\n\n{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version: authentication required"}}`,
    ),
  ],
  [
    'a scope that is missing',
    call('< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="insufficient_scope"', token),
  ],
  ['an outage', call('< HTTP/1.1 500 Internal Server Error')],
  [
    'an edge that blocks',
    call('< HTTP/1.1 403 Forbidden\n< cf-ray: 1\n\nYour request was blocked.'),
  ],
  [
    'a path that API Gateway does not know',
    call(
      '< HTTP/1.1 403 Forbidden\n< x-amzn-errortype: MissingAuthenticationTokenException\n\n{"message":"Missing Authentication Token"}',
    ),
  ],
  [
    'an edge page',
    call(
      '< HTTP/1.1 403 Forbidden\n< cf-ray: 1\n< content-type: text/html\n\n<html><title>Just a moment...</title></html>',
    ),
  ],
  [
    'a redirect to another spelling of the path',
    call('< HTTP/1.1 307 Temporary Redirect\n< location: /mcp/'),
  ],
  ['a parser that speaks of tokens', call(rpcError(-32602, 'Invalid token at position 5'))],
  [
    'a parser that speaks of tokens, with one sent',
    call(rpcError(-32603, 'Invalid token at position 5'), token),
  ],
  ['an API behind a tool', unauthorized + call(toolError('GitHub says: invalid token'))],
  [
    'an API behind a tool of a public server',
    call(toolError('Missing access token for the upstream')),
  ],
])('%s is no matter of 401', (_, http) => {
  expect(run(rule, http).findings).toEqual([])
})

test.each([
  [
    '403',
    call('< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="invalid_token"', token),
  ],
  ['400', call('< HTTP/1.1 400 Bad Request\n\n{"error":"Missing Authorization header"}')],
  ['404', call('< HTTP/1.1 404 Not Found') + call('< HTTP/1.1 200 OK', token)],
  ['5xx', call('< HTTP/1.1 500 Internal Server Error\n\n{"detail":"not authenticated"}')],
  ['200-jsonrpc-error', call(rpcError(-32001, 'Token has expired'), token)],
  ['200-tool-error', unauthorized + call(toolError('Missing bearer token'))],
])('%s in place of 401 is found', (variant, http) => {
  expect(run(rule, http).findings).toMatchObject([{ variant, severity: 'error' }])
})

test('an error in an event stream, after the status has gone out, counts as status 200', () => {
  const answer =
    '< HTTP/1.1 200 OK\n< content-type: text/event-stream\n\ndata: {"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Unauthorized"}}'
  expect(run(rule, call(answer)).findings).toMatchObject([{ variant: '200-jsonrpc-error' }])
})

test('a redirect to the login page of another host is the work of something in front', () => {
  const answer = '< HTTP/1.1 302 Found\n< location: https://sso.example/login'
  expect(run(rule, call(answer)).findings).toMatchObject([{ fault: 'intermediary' }])
})

test('a capture without Authorization cannot tell whether a token was sent', () => {
  expect(run(rule, `# missing=authorization${call('< HTTP/1.1 403 Forbidden')}`).outcome).toBe(
    'blind',
  )
})

testExamples(rule, {
  good: [
    {
      name: 'a server may answer initialize to everybody and ask for a token later',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK

        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"mail"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer`,
    },
  ],
  bad: [
    {
      name: 'an expired token is answered 400',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"exp":1000}}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 400 Bad Request
        < content-type: application/json

        {"error":"token expired"}`,
      expect: { variant: '400' },
    },
    {
      name: 'a web framework sends the client to its login page',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 302 Found
        < location: /login?next=/mcp`,
      expect: { variant: 'redirect', fault: 'resource-server' },
    },
    {
      name: 'a request without a token makes the server fail, one with it does not',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 500 Internal Server Error

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_ one}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK`,
      expect: { variant: '5xx' },
    },
  ],
})
