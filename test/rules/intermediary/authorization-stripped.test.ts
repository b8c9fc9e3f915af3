import { expect, test } from 'vitest'
import rule from '../../../rules/intermediary/authorization-stripped.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const token = '${secret at_ one}'
const issue = `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK

{"access_token":"${token}","token_type":"Bearer"}
`

/** A call to the MCP endpoint, its Authorization value and the answer. */
function call(credential: string, answer: string, method = 'POST') {
  const field = credential === '' ? '' : `> authorization: ${credential}\n`
  const body = method === 'POST' ? '{"jsonrpc":"2.0","id":1,"method":"ping"}\n\n' : ''
  return `\n> ${method} https://mcp.example/mcp\n> accept: text/event-stream\n${field}\n${body}${answer}\n`
}

const bare = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer\n< cf-ray: 8f1'

test('a capture that lacks Authorization proves nothing', () => {
  const http = `# missing=authorization\n${call('', bare).trimStart()}`
  expect(run(rule, http).outcome).toBe('blind')
})

test('an answer that differs from the one without a token shows that the token arrived', () => {
  const refusal =
    '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer realm="refused"\n< cf-ray: 8f1'
  expect(run(rule, call('', bare) + issue + call(`Bearer ${token}`, refusal)).outcome).toBe('pass')
})

test('a token that worked before with this method has ended, and was not stripped', () => {
  const http =
    call('', bare) +
    issue +
    call(`Bearer ${token}`, '< HTTP/1.1 200 OK') +
    call(`Bearer ${token}`, bare)
  expect(run(rule, http).findings).toEqual([])
})

test.each(['12:00:30', '20:00:00'])(
  'so may one whose stream began the evening before (%s)',
  (time) => {
    const stream = call(`Bearer ${token}`, '< HTTP/1.1 200 OK', 'GET').trimStart()
    const refused = call(`Bearer ${token}`, bare).trimStart()
    const http = `# at 12:00:00\n${stream}\n# at ${time}\n${refused}`
    const variants = run(rule, http).findings.map(({ variant }) => variant)
    expect(variants).toEqual(time === '12:00:30' ? ['by-method'] : [])
  },
)

test.each([
  ['is for somebody else', '{"aud":"https://other.example/mcp"}'],
  ['has expired', '{"aud":"https://mcp.example/mcp","exp":1000}'],
])('a token that %s may be refused for that', (_, claims) => {
  const http = call('', bare) + call(`Bearer \${jwt ${claims}}`, bare)
  expect(run(rule, http).outcome).toBe('silent')
})

test('"missing or invalid" says both things at once, so it is no sign', () => {
  const answer =
    '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token", error_description="Missing token or invalid token"'
  expect(run(rule, call(`Bearer ${token}`, answer)).outcome).toBe('pass')
})

test('a credential that is no bearer token is left to other rules', () => {
  expect(run(rule, call('Basic YTpi', bare)).outcome).toBe('silent')
})

test('a 403 is not judged, unless it says that nothing came', () => {
  const forbidden = '< HTTP/1.1 403 Forbidden\n\n{"message":"Forbidden"}'
  expect(run(rule, call(`Bearer ${token}`, forbidden)).outcome).toBe('silent')
  const told = '< HTTP/1.1 403 Forbidden\n\n{"message":"No Authorization header"}'
  expect(run(rule, call(`Bearer ${token}`, told)).findings[0]).toMatchObject({
    severity: 'error',
    confidence: 'likely',
  })
})

test('GET refused with a token that POST is accepted with is certain once the bare answer is known', () => {
  const http =
    call('', bare, 'GET') +
    issue +
    call(`Bearer ${token}`, '< HTTP/1.1 200 OK') +
    call(`Bearer ${token}`, bare, 'GET')
  expect(run(rule, http).findings[0]).toMatchObject({
    variant: 'by-method',
    confidence: 'certain',
    fault: 'intermediary',
  })
})

test('the product that answered is named, with its own remedy', () => {
  const apache = '< HTTP/1.1 401 Unauthorized\n< server: Apache/2.4\n\nNo Authorization header'
  const [finding] = run(rule, call(`Bearer ${token}`, apache)).findings
  expect(finding?.hint).toContain('CGIPassAuth On')
  expect(finding?.evidence.map(({ note }) => note)).toContain(
    'came through Apache: server: Apache/2.4',
  )
})

test('a field lost behind a redirect is told from one lost everywhere', () => {
  const http =
    `> POST https://mcp.example/\n> authorization: Bearer ${token}\n> accept: text/event-stream\n\n< HTTP/1.1 307 Temporary Redirect\n< location: /mcp\n` +
    call(`Bearer ${token}`, '< HTTP/1.1 401 Unauthorized\n\nMissing bearer token')
  expect(run(rule, http).findings[0]?.variant).toBe('after-redirect')
})

testExamples(rule, {
  good: [
    {
      name: 'the token arrives and is accepted',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK`,
    },
  ],
  bad: [
    {
      name: 'the server answers the fresh token as it answered no token, behind a gateway',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp:tools"
          < via: 1.1 edge

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ one}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp:tools"
          < via: 1.1 edge`,
      expect: { variant: 'all-methods', severity: 'error', fault: 'intermediary' },
    },
    {
      name: 'the two answers are alike, and nothing else tells',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
      expect: { severity: 'warning' },
    },
  ],
})
