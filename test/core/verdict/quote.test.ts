import { expect, test } from 'vitest'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { Session } from '../../../src/core/session.ts'
import { clientSide, quote, standsAt } from '../../../src/core/verdict/quote.ts'

/** The token request that is sent with this media type and body. */
function tokenRequest(type: string, body: string) {
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  const [exchange] = parseTranscript(`
> POST https://as.example/token
> content-type: ${type}

${body}

< HTTP/1.1 400 Bad Request
`)
  const at = type === 'application/json' ? 'request.json/resource' : 'request.form.resource'
  const touch = {
    at,
    client: 'http://localhost:1/mcp',
    upstream: 'https://mcp.example/mcp',
    why: '',
  }
  session.ingest({ ...exchange!, touched: [touch] })
  return session.flows[0]!.of('token')[0]!
}

test.each([
  [
    'application/x-www-form-urlencoded',
    'grant_type=authorization_code&resource=https%3A%2F%2Fmcp.example%2Fmcp',
    'request.form.resource',
  ],
  [
    'application/json',
    '{"grant_type":"authorization_code","resource":"https://mcp.example/mcp"}',
    'request.json/resource',
  ],
])('a parameter is quoted from where it stands, in %s', (type, body, place) => {
  const step = tokenRequest(type, body)
  expect(standsAt(step, 'request.form.resource')).toBe(place)
  expect(quote(step, 'request.form.resource')).toBe('https://mcp.example/mcp')
  expect(clientSide(step, 'request.form.resource', undefined)).toBe('http://localhost:1/mcp')
})
