import { expect, test } from 'vitest'
import rule from '../../../rules/audience/resource-param-missing.ts'
import { run } from '../run.ts'
import { testExamples } from '../examples.ts'

const resource = '&resource=https%3A%2F%2Fmcp.example%2Fmcp'
const redirect = encodeURIComponent('http://127.0.0.1:1/cb')

function call(answer: string, fields = '') {
  const more = fields === '' ? '' : `${fields}\n`
  return `\n> POST https://mcp.example/mcp\n${more}\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}\n\n${answer}\n`
}

const challenge = call('< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer')

function authorize(more = '', host = 'https://as.example', back = redirect) {
  return `\n# handed-over\n> GET ${host}/authorize?response_type=code&client_id=app&state=s&redirect_uri=${back}${more}\n`
}

function token(form: string, more = '') {
  return `\n> POST https://as.example/token\n\n${form}&client_id=app${more}\n\n< HTTP/1.1 200 OK\n\n{"access_token":"\${secret at_ one}","token_type":"Bearer"}\n`
}

const code = 'grant_type=authorization_code&code=c1'
const prm = 'https://mcp.example/.well-known/oauth-protected-resource'
const metadata = `
> GET ${prm}/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token"}
`

test('is not asked of a client of 2025-03-26, nor where no MCP revision is in sight', () => {
  expect(run(rule, challenge + authorize() + token(code), '2025-03-26').outcome).toBe('silent')
  expect(run(rule, authorize() + token(code)).outcome).toBe('silent')
})

test.each([
  [
    'device codes',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d',
  ],
  ['token exchange', 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange'],
  ['assertions', 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer'],
])('is not asked of %s', (_, form) => {
  expect(run(rule, challenge + token(form)).outcome).toBe('silent')
})

test('is not asked of the request that a server sends to a login behind it', () => {
  const upstream = authorize(
    '',
    'https://idp.example',
    encodeURIComponent('https://as.example/idp/callback'),
  )
  const http = challenge + metadata + authorize(resource) + upstream + token(code, resource)
  expect(run(rule, http).outcome).toBe('pass')
})

test('cannot be seen in a request object', () => {
  const http = challenge + authorize('&request=jar') + token(code, resource)
  expect(run(rule, http).outcome).toBe('blind')
})

test('is one finding for one login, with the place of each leg', () => {
  const refresh = token('grant_type=refresh_token&refresh_token=r1')
  const { findings } = run(rule, challenge + metadata + authorize() + token(code) + refresh)
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({
    variant: 'authorization',
    severity: 'error',
    fault: 'client',
  })
  expect(findings[0]?.message).toContain('https://mcp.example/mcp')
  expect(findings[0]?.evidence.map(({ at }) => at)).toEqual([
    'request.query.resource',
    'response.json/resource',
    'request.form.resource',
    'request.form.resource',
  ])
})

test('is forgiven in part where the token is accepted, or the metadata could not be found', () => {
  const accepted = call('< HTTP/1.1 200 OK', '> authorization: Bearer ${secret at_ one}')
  expect(run(rule, challenge + authorize() + token(code) + accepted).findings).toMatchObject([
    { severity: 'warning' },
  ])
  const lost = [`${prm}/mcp`, prm]
    .map((url) => `\n> GET ${url}\n\n< HTTP/1.1 404 Not Found\n`)
    .join('')
  expect(run(rule, challenge + lost + authorize() + token(code)).findings).toMatchObject([
    { severity: 'warning' },
  ])
})

const refusal = (error: string, description = '') =>
  token(code).replace(
    /< HTTP[^]*/,
    `< HTTP/1.1 400 Bad Request\n\n{"error":"${error}"${description === '' ? '' : `,"error_description":"${description}"`}}\n`,
  )
const refused = (words: string) =>
  call(
    `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token", error_description="${words}"`,
    '> authorization: Bearer ${secret at_ one}',
  )

test.each([
  ['the client is unknown', refusal('invalid_client', 'Client not found'), 'warning'],
  ['the code is spent', refusal('invalid_grant'), 'warning'],
  ['a parameter is wanted', refusal('invalid_request', 'redirect_uri is required'), 'warning'],
  ['a parameter is wanted, which one is not said', refusal('invalid_request'), 'error'],
  ['the resource is refused', refusal('invalid_target'), 'error'],
  ['the token has expired', token(code) + refused('The access token expired'), 'warning'],
  ['the token is for another audience', token(code) + refused('invalid audience'), 'error'],
  ['the token is refused without a word', token(code) + refused('no'), 'error'],
])('breaks the login only where it may be refused for it: %s', (_, end, severity) => {
  const { findings } = run(rule, challenge + metadata + authorize() + end)
  expect(findings).toMatchObject([{ severity }])
})

testExamples(rule, {
  good: [
    {
      name: 'a pushed request counts for the authorization request that refers to it',
      revision: '2025-11-25',
      http: `
        > POST https://as.example/par
        > content-type: application/x-www-form-urlencoded

        response_type=code&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 201 Created

        {"request_uri":"urn:example:1","expires_in":60}

        # handed-over
        > GET https://as.example/authorize?client_id=app&request_uri=urn%3Aexample%3A1`,
    },
  ],
  bad: [
    {
      name: 'a refresh drops it',
      revision: '2025-11-25',
      http: `
        > POST https://as.example/token

        grant_type=refresh_token&refresh_token=r1&client_id=app

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
      expect: { variant: 'refresh', severity: 'warning' },
    },
    {
      name: 'the server accepts the token all the same',
      revision: '2025-06-18',
      http: `
        > POST https://as.example/token

        grant_type=client_credentials&client_id=app

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_ one}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_ one}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK`,
      expect: { variant: 'client-credentials', severity: 'warning' },
    },
  ],
})
