import { describe } from 'vitest'
import misplaced from '../../../rules/refresh/offline-access-misplaced.ts'
import { testExamples } from '../examples.ts'
import { login, server, token } from './logins.ts'

describe('refresh/offline-access-misplaced', () => {
  const asks = (answer: string) => `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&scope=mcp%20offline_access

          ${answer}
`
  const denied =
    '< HTTP/1.1 302 Found\n          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s1'
  const challenge = `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp offline_access"
`
  testExamples(misplaced, {
    good: [
      {
        name: 'not listed, and a refresh token comes of it',
        http: `${server('"scopes_supported":["mcp"]')}${asks('< HTTP/1.1 200 OK')}${login(`${token('one')},"refresh_token":"r1"`)}`,
      },
    ],
    bad: [
      {
        name: 'the challenge names it, and the authorization server refuses it',
        http: `${challenge}${server('"scopes_supported":["mcp"]')}${asks(denied)}`,
        expect: { variant: 'advertised-by-resource', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'the challenge names it, under a revision that says nothing of it',
        revision: '2025-11-25',
        http: challenge,
        expect: { variant: 'advertised-by-resource', severity: 'info' },
      },
      {
        name: 'asked for and not offered, and not refused either',
        revision: '2026-07-28',
        http: `${server('"scopes_supported":["mcp"]')}${asks('< HTTP/1.1 200 OK')}`,
        expect: { variant: 'unsupported-by-as', severity: 'warning', fault: 'client' },
      },
    ],
  })
})
