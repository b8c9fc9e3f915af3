import { expect, test } from 'vitest'
import rejected from '../../../rules/cors/preflight-rejected.ts'
import { run } from '../run.ts'
import { allowed, call, preflight } from './browser-requests.ts'

test.each([
  ['401 Unauthorized', 'auth-required'],
  ['403 Forbidden', 'auth-required'],
  ['404 Not Found', 'not-found'],
  ['405 Method Not Allowed', 'method'],
  ['308 Permanent Redirect\n< location: https://mcp.example/mcp/', 'redirect'],
  ['500 Internal Server Error', 'error-status'],
  ['204 No Content\n< access-control-allow-origin: https://other.example', 'no-allow-origin'],
])('a preflight answered %s fails', (answer, variant) => {
  const http = preflight('https://mcp.example/mcp', answer)
  expect(run(rejected, http).findings).toMatchObject([{ variant, severity: 'error' }])
  expect(run(rejected, http + call)).toMatchObject({ outcome: 'pass', findings: [] })
  const again = preflight('https://mcp.example/mcp', `204 No Content\n${allowed}`)
  expect(run(rejected, http + again)).toMatchObject({ outcome: 'pass', findings: [] })
})
