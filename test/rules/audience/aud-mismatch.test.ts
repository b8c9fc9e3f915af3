import { expect, test } from 'vitest'
import rule from '../../../rules/audience/aud-mismatch.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { anyRule, run } from '../run.ts'
import { testExamples } from '../examples.ts'

function jwt(claims: object): string {
  return `\${jwt ${JSON.stringify(claims)}}`
}

const refused = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token"'
const accepted = '< HTTP/1.1 200 OK'

function call(token: string, answer: string) {
  const field = token === '' ? '' : `> authorization: Bearer ${token}\n`
  return `\n> POST https://mcp.example/mcp\n${field}\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}\n\n${answer}\n`
}

const metadata = `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token"}
`

function authorize(resource: string) {
  const query = resource === '' ? '' : `&resource=${encodeURIComponent(resource)}`
  return `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1${query}

# handed-over
> GET http://127.0.0.1:1/cb?code=c1&state=s1
`
}

function issue(token: string, form = '') {
  return `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app${form}

< HTTP/1.1 200 OK

{"access_token":"${token}","token_type":"Bearer"}
`
}

test('the finding names the issuer, the audience, the resource expected and sent, and the fix', () => {
  const token = jwt({ iss: 'https://as.example', aud: 'api://default' })
  const http =
    call('', refused) +
    metadata +
    authorize('https://mcp.example/mcp') +
    issue(token) +
    call(token, refused)
  const [finding, ...more] = run(rule, http).findings
  expect(more).toEqual([])
  expect(finding?.message).toBe(
    'the authorization server https://as.example issued a token whose aud is "api://default"; the MCP server expects "https://mcp.example/mcp", and the client sent resource="https://mcp.example/mcp", which the authorization server ignored',
  )
  expect(finding?.remedy).toContain(
    'Configure the authorization server https://as.example to put https://mcp.example/mcp into aud',
  )
  expect(finding?.evidence.map(({ at, text }) => [at, text])).toEqual([
    ['response.jwt.aud', 'api://default'],
    ['request.query.resource', 'https://mcp.example/mcp'],
    ['response.json/resource', 'https://mcp.example/mcp'],
    ['response.header.www-authenticate', 'Bearer error="invalid_token"'],
    ['response.json/issuer', 'https://as.example'],
  ])
})

test('a client that named no resource is at fault for the default audience', () => {
  const token = jwt({ aud: 'api://default' })
  const http = call('', refused) + metadata + authorize('') + issue(token) + call(token, refused)
  expect(run(rule, http).findings[0]).toMatchObject({ fault: 'client', severity: 'error' })
})

test.each(['api://app', 'urn:mcp', '11111111-2222-3333-4444-555555555555', 'account'])(
  'the logical audience %s is no fault where the server accepts it',
  (aud) => {
    expect(run(rule, call(jwt({ aud }), accepted)).outcome).toBe('silent')
    expect(run(rule, call(jwt({ aud }), refused)).outcome).toBe('fail')
  },
)

test('a logical audience that lacks a scope has been let in', () => {
  const answer = '< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="insufficient_scope"'
  expect(run(rule, call(jwt({ aud: 'api://app' }), answer)).outcome).toBe('silent')
})

test('a logical audience is not blamed for a token that had expired', () => {
  expect(run(rule, call(jwt({ aud: 'api://app', exp: 1000 }), refused)).findings).toEqual([])
})

test('a logical audience that nobody has used yet cannot be judged', () => {
  const http = call('', refused) + metadata + issue(jwt({ aud: 'api://app' }))
  expect(run(rule, http).outcome).toBe('blind')
})

test.each([
  ['https://mcp.example/mcp/'],
  ['HTTPS://MCP.example/mcp'],
  ['http://mcp.example/mcp'],
  ['https://mcp.example:8443/mcp'],
  ['https://www.mcp.example/mcp'],
  ['https://mcp.example/MCP'],
])('%s is a near miss, which another rule tells', (aud) => {
  expect(run(rule, call(jwt({ aud }), refused)).outcome).toBe('pass')
})

test.each([
  ['an opaque token', '${secret at_ one}'],
  ['a token without aud', jwt({ sub: 'u' })],
])('%s cannot be judged', (_, token) => {
  expect(run(rule, call(token, refused)).outcome).toBe('silent')
})

test('without the MCP server in the capture nobody knows what to expect', () => {
  expect(run(rule, issue(jwt({ aud: 'https://other.example' }))).outcome).toBe('blind')
})

test('another resource on the same origin is another resource', () => {
  const token = jwt({ aud: 'https://mcp.example/other' })
  expect(run(rule, call(token, refused)).findings[0]).toMatchObject({ variant: 'other-resource' })
})

test('a token whose issue was seen is judged once, and so are its refreshed successors', () => {
  const first = jwt({ aud: 'https://graph.microsoft.com', jti: '1' })
  const second = jwt({ aud: 'https://graph.microsoft.com', jti: '2' })
  const refresh = `
> POST https://as.example/token

grant_type=refresh_token&refresh_token=r1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 200 OK

{"access_token":"${second}","token_type":"Bearer"}
`
  const http =
    call('', refused) +
    metadata +
    authorize('https://mcp.example/mcp') +
    issue(first) +
    call(first, refused)
  expect(run(rule, http + refresh + call(second, refused)).findings).toHaveLength(1)
})

test('the revision before resource indicators makes it a note', () => {
  const token = jwt({ aud: 'https://other.example' })
  expect(run(rule, call(token, refused), '2025-03-26').findings[0]?.severity).toBe('info')
})

test('the provider is recognised and its own advice given', () => {
  const token = jwt({ iss: 'https://id.example/realms/main', aud: 'account' })
  expect(run(rule, call(token, refused)).findings[0]?.hint).toContain('Audience mapper')
})

test('live, the finding waits for the server to refuse a logical audience', () => {
  const token = jwt({ aud: 'api://app' })
  const http = call('', refused) + metadata + issue(token) + call(token, refused)
  const session = new Session({
    rules: [anyRule(rule)],
    tool: { name: 'authtap', version: '0', rules: '' },
  })
  const exchanges = parseTranscript(http)
  for (const exchange of exchanges.slice(0, -1)) session.ingest(exchange)
  session.judge()
  expect(session.report().findings).toEqual([])
  session.ingest(exchanges.at(-1)!)
  session.judge()
  expect(session.report().findings).toHaveLength(1)
})

testExamples(rule, {
  good: [
    {
      name: 'one of several audiences is the server',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"iss":"https://as.example","aud":["https://as.example/userinfo","https://mcp.example/mcp"]}}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'the client asked for another resource and got it',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fother.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"aud":"https://other.example/mcp"}}","token_type":"Bearer"}`,
      expect: { variant: 'other-resource', fault: 'client' },
    },
    {
      name: 'the server accepts a token of a third party, which is its own fault then',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"aud":"https://graph.microsoft.com"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 200 OK`,
      expect: { variant: 'third-party-api', severity: 'warning' },
    },
    {
      name: 'the authorization server puts the number of an application into every token',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"iss":"https://as.example","aud":"00000003-0000-0000-c000-000000000000"}}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"00000003-0000-0000-c000-000000000000"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { variant: 'as-default' },
    },
    {
      name: 'what is as long as such a number, but none, is another resource',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"iss":"https://as.example","aud":"api-of-somebody-else-without-numbers"}}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"api-of-somebody-else-without-numbers"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { variant: 'resource-ignored' },
    },
  ],
})

test('what a machine asked for is said by its own request, not by a login before it', () => {
  const token = jwt({ iss: 'https://as.example', aud: 'api://default' })
  const own = issue(token).replace('authorization_code&code=c1', 'client_credentials')
  const http = metadata + authorize('https://mcp.example/mcp') + own + call(token, refused)
  const [finding] = run(rule, http).findings
  expect(finding?.message).toContain('the client sent no resource')
  expect(finding?.evidence.map(({ at }) => at)).toContain('request.form.resource')
})
