import { expect, test } from 'vitest'
import rule from '../../../rules/transport/mcp-endpoint-redirect.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const post = (url: string, answer: string, fields = '') => `
> POST ${url}${fields}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

${answer}
`
const moved = (status: number, to: string) => `< HTTP/1.1 ${status} Moved\n< location: ${to}`
const ok = '< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":1,"result":{}}'
const bearer = '\n> authorization: Bearer ${secret at_ one}'

test('a redirect to a login page is left to the rule about statuses', () => {
  const http = post('https://mcp.example/mcp', moved(302, 'https://mcp.example/login'))
  expect(run(rule, http).outcome).toBe('silent')
})

test('an answer that nothing changed is no redirect', () => {
  expect(run(rule, post('https://mcp.example/mcp', '< HTTP/1.1 304 Not Modified')).outcome).toBe(
    'pass',
  )
})

test('a redirect that is followed with token and method is a warning, and one flow', () => {
  const http =
    post('https://mcp.example/mcp', moved(308, '/mcp/'), bearer) +
    post('https://mcp.example/mcp/', ok, bearer)
  const { findings } = run(rule, http)
  expect(findings.map((one) => [one.variant, one.severity, one.confidence])).toEqual([
    ['trailing-slash', 'warning', 'certain'],
  ])
})

test('http on loopback is no downgrade', () => {
  const http = post('https://localhost/mcp', moved(307, 'http://localhost/mcp/')) + ''
  expect(run(rule, http).findings.map(({ variant }) => variant)).not.toContain('scheme-downgrade')
})

test('a client that goes on elsewhere without following was not stopped', () => {
  const http =
    post('https://mcp.example/mcp', moved(307, '/v2/mcp'), bearer) +
    post('https://mcp.example/mcp', ok, bearer)
  expect(run(rule, http).findings.map((one) => [one.variant, one.severity])).toEqual([
    ['elsewhere', 'warning'],
  ])
})

testExamples(rule, {
  bad: [
    {
      name: 'POST becomes GET',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 301 Moved Permanently
        < location: https://mcp.example/mcp/

        > GET https://mcp.example/mcp/
        > accept: application/json, text/event-stream

        < HTTP/1.1 405 Method Not Allowed`,
      expect: { variant: 'method-changed', severity: 'error' },
    },
    {
      name: 'another host, so that the token stays behind',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 308 Permanent Redirect
          < location: https://www.mcp.example/mcp

          > POST https://www.mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
      expect: { variant: 'authorization-lost', severity: 'error' },
    },
    {
      name: 'the server does not know that TLS ends before it',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 307 Temporary Redirect
          < location: http://mcp.example/mcp/`,
      expect: { variant: 'scheme-downgrade', severity: 'error' },
    },
    {
      name: 'the client does not follow, and never learns that it has to log in',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 302 Found
          < location: https://mcp.example/v2/mcp`,
      expect: { variant: 'before-auth', severity: 'error' },
    },
  ],
})
