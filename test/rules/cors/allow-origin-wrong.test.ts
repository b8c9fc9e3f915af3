import { expect, test } from 'vitest'
import rule from '../../../rules/cors/allow-origin-wrong.ts'
import { run } from '../run.ts'

function call(fields: string, request = '', status = '401 Unauthorized'): string {
  return `
> POST https://mcp.example/mcp
> origin: https://app.example
> sec-fetch-site: cross-site${request}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 ${status}
< www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"${fields}
`
}

const all = '\n< access-control-allow-origin: *'
const credentials = '\n< access-control-allow-credentials: true'
const rest =
  '\n${opening only resource-metadata server-metadata registration authorize callback token mcp}\n'

test('an answer that no page may read, while others of the server may be, lacks the field', () => {
  const ok = call('\n< access-control-allow-origin: https://app.example', '', '200 OK')
  expect(run(rule, ok + call('')).findings).toMatchObject([
    { variant: 'missing-on-error', confidence: 'certain' },
  ])
})

test('an asterisk beside a cookie is refused', () => {
  expect(run(rule, call(all + credentials, '\n> cookie: sid=1')).findings).toMatchObject([
    { variant: 'wildcard-with-credentials', confidence: 'certain', severity: 'warning' },
  ])
})

test('an asterisk where credentials are allowed may be what a client stops at', () => {
  expect(run(rule, call(all + credentials)).findings).toMatchObject([
    { variant: 'wildcard-with-credentials', confidence: 'likely', severity: 'warning' },
  ])
})

test('a client without credentials reads it, and goes on', () => {
  expect(run(rule, call(all + credentials) + rest)).toMatchObject({ outcome: 'pass', findings: [] })
  expect(run(rule, call(all + credentials, '', '200 OK')).findings).toEqual([])
})

test.each([
  ['from no browser', call('').replace('\n> sec-fetch-site: cross-site', '')],
  ['of the same origin', call('').replace('cross-site', 'same-origin')],
  ['of an extension', call('').replace('https://app.example', 'chrome-extension://abc')],
])('a request %s is not looked at', (_, http) => {
  expect(run(rule, http).outcome).toBe('silent')
})
