import { expect, test } from 'vitest'
import rule from '../../../rules/cors/response-headers-not-exposed.ts'
import type { Revision } from '../../../src/core/verdict/rule.ts'
import { run } from '../run.ts'
import { testExamples } from '../examples.ts'

const call = (request: string, answer: string) => `
> POST https://mcp.example/mcp${request}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

${answer}
`
const page = '\n> origin: https://app.example'
const refused = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'
const open = '\n< access-control-allow-origin: *'

test.each([
  ['no page made the request', '', refused + open],
  ['the page is of the server itself', '\n> origin: https://mcp.example', refused + open],
  [
    'the browser says that it is the same origin',
    `${page}\n> sec-fetch-site: same-origin`,
    refused + open,
  ],
  ['the page may read nothing at all', page, refused],
  ['there is nothing to expose', page, `< HTTP/1.1 200 OK${open}`],
])('says nothing when %s', (_, request, answer) => {
  expect(run(rule, call(request, answer)).outcome).toBe('silent')
})

test('an asterisk exposes nothing to requests with cookies', () => {
  const star = `${refused}\n< access-control-allow-origin: https://app.example\n< access-control-expose-headers: *`
  expect(run(rule, call(page, star)).outcome).toBe('pass')
  expect(run(rule, call(`${page}\n> cookie: a=b`, star)).outcome).toBe('fail')
})

test.each<[Revision, string]>([
  ['2025-11-25', 'fail'],
  ['2026-07-28', 'silent'],
])('a session of %s: %s', (revision, outcome) => {
  const answer = `< HTTP/1.1 200 OK\n< mcp-session-id: one${open}`
  expect(run(rule, call(page, answer), revision).outcome).toBe(outcome)
})

test('a nonce that is hidden at the token endpoint is the authorization server’s fault', () => {
  const http = `
> POST https://as.example/token${page}

grant_type=authorization_code&code=c1

< HTTP/1.1 400 Bad Request
< dpop-nonce: one${open}

{"error":"use_dpop_nonce"}`
  const { findings } = run(rule, http)
  expect(findings.map((one) => [one.variant, one.fault])).toEqual([
    ['dpop-nonce', 'authorization-server'],
  ])
})

testExamples(rule, {
  good: [
    {
      name: 'everything may be read, no cookies being sent',
      http: `
        > POST https://mcp.example/mcp
        > origin: https://app.example

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK
        < mcp-session-id: one
        < access-control-allow-origin: *
        < access-control-expose-headers: *`,
    },
  ],
  bad: [
    {
      name: 'the challenge is hidden, and the client finds the metadata by itself',
      http: `
        > POST https://mcp.example/mcp
        > origin: https://app.example

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer
        < access-control-allow-origin: https://app.example
        < access-control-expose-headers: mcp-session-id

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { variant: 'www-authenticate', severity: 'warning' },
    },
  ],
})
