import { describe, expect, test } from 'vitest'
import { type Comparison, compare } from '../../../src/core/diff/diff.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { diffLine } from '../../../src/core/diff/words.ts'
import { loadRules } from '../../../src/rules.ts'

const tool = { name: 'authtap', version: 'test', rules: '' } as const

const { rules } = await loadRules([])

function loginsOf(transcript: string) {
  const session = new Session({ rules, tool })
  for (const exchange of parseTranscript(transcript)) session.ingest(exchange)
  session.settle()
  return { flows: session.flows, report: session.report() }
}

function compared(a: string, b: string): Comparison {
  return compare(loginsOf(a), loginsOf(b))
}

/** `step, place: A value, B value` of each difference. */
function told({ flows }: Comparison, onlyWhatMatters = true): string[] {
  return flows.flatMap(({ steps }) =>
    steps.flatMap(({ step, differences }) =>
      differences
        .filter(({ matters }) => matters || !onlyWhatMatters)
        .map(({ at, a, b }) => `${step}, ${at}: ${a ?? 'none'} / ${b ?? 'none'}`),
    ),
  )
}

const login = '${opening until mcp}'

/** The same client on another day: all that is made anew is new. */
const again = `
\${opening until server-metadata}

> POST https://as.example/register
> content-type: application/json
> accept: application/json

{"redirect_uris":["http://127.0.0.1:6123/cb"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}

< HTTP/1.1 201 Created
< content-type: application/json

{"client_id":"other","redirect_uris":["http://127.0.0.1:6123/cb"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}

# handed-over
> GET https://as.example/authorize?response_type=code&client_id=other&redirect_uri=http%3A%2F%2F127.0.0.1%3A6123%2Fcb&state=s2&code_challenge=\${s256 v2}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp

# handed-over
> GET http://127.0.0.1:6123/cb?code=c2&state=s2
`

describe('nothing differs', () => {
  test('between a capture and itself', () => {
    const comparison = compared(login, login)
    expect(comparison).toMatchObject({ differs: false, first: null })
    expect(told(comparison, false)).toEqual([])
  })

  test('between two logins of one client: state, code, verifier, port and registered client are chance', () => {
    expect(told(compared('${opening until callback}', again), false)).toEqual([])
  })

  test('between a capture and the same without its secrets', () => {
    const plain = `
\${opening until callback}

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=refresh_token&refresh_token=r1&client_id=app`
    const redacted = plain.replace(
      'refresh_token=r1',
      'refresh_token=‹refresh_token:0123456789abcdef›',
    )
    expect(told(compared(plain, redacted))).toEqual([])
  })

  test('when one of them looked at the server before', () => {
    const look = `
# client=curl
> POST https://mcp.example/mcp
> user-agent: curl/8

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer

${login}`
    expect(compared(look, login).differs).toBe(false)
  })
})

describe('what differs', () => {
  test('a parameter that is missing, first where it is first missing', () => {
    const without = again.replace('&resource=https%3A%2F%2Fmcp.example%2Fmcp', '')
    const comparison = compared('${opening until callback}', without)
    expect(comparison.differs).toBe(true)
    expect(told(comparison)).toEqual([
      'authorization request, request.query.resource: https://mcp.example/mcp / none',
    ])
    expect(comparison.first).toEqual({ flow: 0, step: 0, at: 'request.query.resource' })
  })

  test('a redirect URI on another host of this machine', () => {
    const other = again.replaceAll('127.0.0.1', 'localhost')
    expect(told(compared('${opening until callback}', other))[0]).toBe(
      'client registration, request.json/redirect_uris: [http://127.0.0.1:{client}/cb] / [http://localhost:{client}/cb]',
    )
  })

  test('a step that one of them lacks stands where it came', () => {
    const comparison = compared(
      login,
      '${opening only challenge resource-metadata server-metadata}',
    )
    expect(comparison.flows[0]!.steps.map(({ step }) => step)).toEqual([
      'client registration',
      'authorization request',
      'authorization response',
      'token (authorization_code)',
      'first call with a token',
    ])
  })

  test('a member of a document', () => {
    const other = login.replace('until mcp', 'only challenge resource-metadata')
    const metadata = (methods: string) => `
\${opening only challenge resource-metadata}

> GET https://as.example/.well-known/oauth-authorization-server
> accept: application/json

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://as.example","code_challenge_methods_supported":${methods}}`
    expect(other).toContain('challenge')
    expect(told(compared(metadata('["S256"]'), metadata('["plain"]')))).toEqual([
      'server metadata, response.json/code_challenge_methods_supported: [S256] / [plain]',
    ])
  })

  test('where metadata was looked for, and not what was not found there', () => {
    const search = `
\${opening only challenge resource-metadata}

> GET https://as.example/.well-known/openid-configuration
> accept: application/json

< HTTP/1.1 404 Not Found

\${opening only server-metadata}`
    expect(told(compared('${opening until server-metadata}', search))).toEqual([
      'search for metadata, request.url: https://mcp.example/.well-known/oauth-protected-resource/mcp, https://as.example/.well-known/oauth-authorization-server / https://mcp.example/.well-known/oauth-protected-resource/mcp, https://as.example/.well-known/openid-configuration, https://as.example/.well-known/oauth-authorization-server',
    ])
  })

  test('status and error, without what the success said beside', () => {
    const answer = (head: string, body: string) => `
\${opening until callback}

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 ${head}
< content-type: application/json

${body}`
    const comparison = compared(
      answer('200 OK', '{"access_token":"${secret at_}","token_type":"Bearer","expires_in":3600}'),
      answer('400 Bad Request', '{"error":"invalid_grant"}'),
    )
    expect(told(comparison)).toEqual([
      'token (authorization_code), response.status: 200 / 400',
      'token (authorization_code), response.json/error: none / invalid_grant',
    ])
  })

  test('who the program is decides nothing', () => {
    const named = (agent: string) => `
> POST https://mcp.example/mcp
> user-agent: ${agent}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer`
    const comparison = compared(named('one/1'), named('two/2'))
    expect(comparison.differs).toBe(false)
    expect(told(comparison, false)).toEqual([
      'first call, request.header.user-agent: one/1 / two/2',
    ])
  })
})

test('that a body is UTF-8 may be said or not', () => {
  const call = (type: string) =>
    `> GET https://as.example/.well-known/oauth-authorization-server\n\n< HTTP/1.1 200 OK\n< content-type: ${type}\n\n{"issuer":"https://as.example"}`
  const json = call('application/json')
  expect(told(compared(json, call('application/json; charset=UTF-8')))).toEqual([])
  expect(told(compared(json, call('text/html; charset=UTF-8')))).not.toEqual([])
})

test('where one got through, what ended the other is said first', () => {
  const ends = '${opening until callback}'
  const comparison = compared(login, ends)
  const cause = { rule: 'authorization/valid-response-rejected', fault: 'client' }
  expect(comparison.flows[0]!.stopped).toMatchObject({ side: 'b', ...cause })
  expect(diffLine({ a: 'works', b: 'fails', comparison }).text).toMatch(
    /^B got no further, and A did: the authorization response .* The first difference is in the step token/,
  )
  expect(compared(ends, login).flows[0]!.stopped).toMatchObject({ side: 'a', ...cause })
  expect(compared(login, login).flows.map(({ stopped }) => stopped)).toEqual([undefined])
  expect(compared(ends, ends).flows.map(({ stopped }) => stopped)).toEqual([undefined])
})
