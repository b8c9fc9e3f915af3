import { expect, test } from 'vitest'
import rule from '../../../rules/discovery/wellknown-error-status.ts'
import { run } from '../run.ts'

const asked = (path: string, status: string) => `
> GET https://mcp.example/.well-known/oauth-protected-resource${path}

< HTTP/1.1 ${status}
< content-type: application/json

{"resource":"https://mcp.example/mcp"}
`

test.each([
  ['/mcp', 'came at another time'],
  ['', 'was found at another place'],
])('says where the document was found after all: %s', (path, where) => {
  const http = asked('/mcp', '503 Service Unavailable') + asked(path, '200 OK')
  const { findings } = run(rule, http)
  expect(findings).toMatchObject([
    {
      severity: 'warning',
      message: `https://mcp.example/.well-known/oauth-protected-resource/mcp is answered 503; the document ${where}`,
    },
  ])
})
