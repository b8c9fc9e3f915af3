/** Rules on token requests and their answers. */
import { describe, expect, test } from 'vitest'
import answer from '../../../rules/token/response-invalid.ts'
import contentType from '../../../rules/token/wrong-content-type.ts'
import elsewhere from '../../../rules/token/grant-sent-to-wrong-as.ts'
import grant from '../../../rules/token/grant-type-problem.ts'
import notJson from '../../../rules/token/response-not-json.ts'
import notOAuth from '../../../rules/token/error-not-oauth.ts'
import parameter from '../../../rules/token/required-parameter-missing.ts'
import reused from '../../../rules/token/code-reused.ts'
import unusable from '../../../rules/token/endpoint-unusable.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { run } from '../run.ts'

const form = 'application/x-www-form-urlencoded'
const code = 'grant_type=authorization_code&code=c1&client_id=app'
const issued = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'
const refused = (status: string, body = '', fields = '') =>
  `< HTTP/1.1 ${status}${fields === '' ? '' : `\n< ${fields}`}${body === '' ? '' : `\n\n${body}`}`
const error = (name: string) => refused('400 Bad Request', `{"error":"${name}"}`)
interface Request {
  readonly method?: string
  readonly type?: string
  readonly url?: string
  readonly about?: string
}
const ask = (
  body: string,
  response: string,
  { method = 'POST', type = form, url = 'https://as.example/token', about = '' }: Request = {},
) => `
${about}> ${method} ${url}
${type === '' ? '' : `> content-type: ${type}\n`}
${body}

${response}
`
const metadata = (host: string, members = '') => `
> GET https://${host}/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://${host}","authorization_endpoint":"https://${host}/authorize","token_endpoint":"https://${host}/token"${members}}
`
const variants = (result: ReturnType<typeof run>) => result.findings.map(({ variant }) => variant)

describe('token/code-reused', () => {
  test.each([
    ['after-success', ask(code, issued), ask(code, error('invalid_grant'))],
    ['after-failure', ask(code, error('invalid_client')), ask(code, error('invalid_grant'))],
    [
      'concurrent',
      ask(code, issued, { about: '# at 12:00:00.000 until=12:00:01.000\n' }),
      ask(code, error('invalid_grant'), { about: '# at 12:00:00.500\n' }),
    ],
  ])('finds it %s', (variant, first, second) => {
    expect(variants(run(reused, first + second))).toEqual([variant])
  })

  test('is right after no answer, and after a nonce was asked for', () => {
    const nonce = error('use_dpop_nonce')
    expect(run(reused, ask(code, nonce) + ask(code, issued)).outcome).toBe('pass')
    const lost = ask(code, '! tcp ECONNRESET reset')
    expect(run(reused, lost + ask(code, issued)).outcome).toBe('pass')
  })
})

describe('token/endpoint-unusable', () => {
  const known = metadata('as.example')
  test.each([
    ['not-found', 'authorization-server', known + ask(code, refused('404 Not Found'))],
    ['not-found', 'undetermined', ask(code, refused('404 Not Found'))],
    ['method', 'authorization-server', known + ask(code, refused('405 Method Not Allowed'))],
    [
      'method',
      'client',
      known +
        ask('', refused('400 Bad Request'), {
          method: 'GET',
          type: '',
          url: `https://as.example/token?${code}`,
        }),
    ],
    [
      'redirect',
      'authorization-server',
      known + ask(code, refused('307 Temporary Redirect', '', 'location: /oauth/token')),
    ],
    [
      'unsupported-media-type',
      'authorization-server',
      known + ask(code, refused('415 Unsupported Media Type')),
    ],
    [
      'unsupported-media-type',
      'client',
      known +
        ask('{"grant_type":"authorization_code"}', refused('415 Unsupported Media Type'), {
          type: 'application/json',
        }),
    ],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(unusable, http).findings).toMatchObject([{ variant, fault, severity: 'error' }])
  })
})

describe('token/error-not-oauth', () => {
  const json = 'content-type: application/json'
  test.each([
    ['empty', refused('400 Bad Request')],
    [
      'html',
      refused('404 Not Found', '<!doctype html><title>x</title>', 'content-type: text/html'),
    ],
    ['text', refused('400 Bad Request', 'no such code')],
    ['json-rpc', refused('400 Bad Request', '{"jsonrpc":"2.0","error":{"code":-32600}}', json)],
    ['missing-error', refused('400 Bad Request', '{"message":"no"}', json)],
  ])('finds one that is %s', (variant, response) => {
    expect(run(notOAuth, ask(code, response)).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test('is nothing of note where the next request is served', () => {
    const http = ask(code, refused('400 Bad Request')) + ask(code, issued)
    expect(run(notOAuth, http).findings).toMatchObject([{ severity: 'info' }])
  })
})

describe('token/grant-sent-to-wrong-as', () => {
  const both = metadata('as.example') + metadata('other.example')
  const there = { url: 'https://other.example/token' }
  const login = `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1

# handed-over
> GET http://127.0.0.1:1/cb?code=c1&state=s1
`
  const gives = refused(
    '200 OK',
    '{"access_token":"${secret at_ one}","token_type":"Bearer","refresh_token":"r1"}',
  )
  const refresh = 'grant_type=refresh_token&refresh_token=r1&client_id=app'
  const assertion =
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=app&assertion=${jwt {"iss":"https://idp.example","aud":"https://as.example"}}'
  test.each([
    ['code', both + login + ask(code, error('invalid_grant'), there)],
    ['refresh-token', both + ask(code, gives) + ask(refresh, error('invalid_grant'), there)],
    ['assertion', both + ask(assertion, error('invalid_grant'), there)],
  ])('finds a %s', (variant, http) => {
    expect(run(elsewhere, http).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('cannot be told without the metadata of the two', () => {
    const http = metadata('as.example') + login + ask(code, error('invalid_grant'), there)
    expect(run(elsewhere, http)).toMatchObject({ outcome: 'blind', leg: 'the server metadata' })
  })
})

describe('token/grant-type-problem', () => {
  const registered = `
> POST https://as.example/register
> content-type: application/json

{"redirect_uris":["http://127.0.0.1:1/cb"]}

< HTTP/1.1 201 Created

{"client_id":"app","grant_types":["authorization_code"]}
`
  const offers = metadata('as.example', ',"grant_types_supported":["authorization_code"]')
  const machine = 'grant_type=client_credentials&client_id=app'
  test.each([
    ['password', 'error', 'client', ask('grant_type=password&username=u&password=p', issued)],
    ['unadvertised', 'info', 'client', offers + ask(machine, issued)],
    ['unadvertised', 'error', 'client', offers + ask(machine, error('unsupported_grant_type'))],
    ['undeclared', 'error', 'client', registered + ask(machine, error('unauthorized_client'))],
    ['rejected', 'error', 'authorization-server', offers + ask(code, error('unauthorized_client'))],
  ])('finds one that is %s: %s, %s', (variant, severity, fault, http) => {
    expect(run(grant, http).findings).toMatchObject([{ variant, severity, fault }])
  })

  test('is judged by the metadata of the server that is asked', () => {
    const http =
      offers + ask(machine, error('unsupported_grant_type'), { url: 'https://idp.example/token' })
    expect(run(grant, http).outcome).toBe('pass')
  })
})

describe('token/required-parameter-missing', () => {
  test.each([
    ['grant_type', 'code=c1&client_id=app'],
    ['code', 'grant_type=authorization_code&client_id=app'],
    ['client_id', 'grant_type=authorization_code&code=c1'],
    ['refresh_token', 'grant_type=refresh_token&client_id=app'],
    ['empty', 'grant_type=authorization_code&code=&client_id=app'],
    ['duplicate', `${code}&client_id=app`],
    ['assertion', 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=app'],
    [
      'subject_token_type',
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=app&subject_token=x',
    ],
  ])('finds %s', (variant, body) => {
    expect(run(parameter, ask(body, error('invalid_request'))).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('names the grant where there is one', () => {
    const message = (body: string) =>
      run(parameter, ask(body, error('invalid_request'))).findings[0]?.message
    expect(message('code=c1&client_id=app')).toBe('the token request has no grant_type')
    expect(message('grant_type=refresh_token&client_id=app')).toBe(
      'the token request for refresh_token has no refresh_token',
    )
  })

  test('is none where the resource stands twice, or Basic says who the client is', () => {
    const twice = `${code}&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example`
    expect(run(parameter, ask(twice, issued)).outcome).toBe('pass')
    const basic = ask('grant_type=authorization_code&code=c1', issued, {
      type: `${form}\n> authorization: Basic YXBwOnM=`,
    })
    expect(run(parameter, basic).outcome).toBe('pass')
  })
})

describe('token/response-invalid', () => {
  const token = '"access_token":"${secret at_ one}"'
  const bearer = `${token},"token_type":"Bearer"`
  test.each([
    ['access-token-missing', '"token_type":"Bearer"'],
    ['nested', `"data":{${bearer}}`],
    ['token-type-missing', token],
    ['token-type-unknown', `${token},"token_type":"mac"`],
    ['null-member', `${bearer},"refresh_token":null`],
    ['scope-type', `${bearer},"scope":["a"]`],
    ['expires-in', `${bearer},"expires_in":-1`],
    ['expires-in', `${bearer},"expires_in":1767272400`],
    ['expires-in', `${bearer},"expires_in":"an hour"`],
  ])('finds %s', (variant, members) => {
    expect(run(answer, ask(code, refused('200 OK', `{${members}}`))).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test.each([
    ['expires-in', refused('200 OK', `{${bearer},"expires_in":"3600"}`)],
    ['cacheable', refused('200 OK', `{${bearer}}`, 'cache-control: max-age=60')],
  ])('only notes %s', (variant, response) => {
    expect(run(answer, ask(code, response)).findings).toMatchObject([{ variant, severity: 'info' }])
  })
})

describe('token/response-not-json', () => {
  const flat = 'access_token=${secret at_ one}&token_type=bearer'
  test.each([
    ['form-encoded', 'client', ask(code, refused('200 OK', flat, `content-type: ${form}`))],
    [
      'form-encoded',
      'authorization-server',
      ask(code, refused('200 OK', flat, `content-type: ${form}`), {
        type: `${form}\n> accept: application/json`,
      }),
    ],
    [
      'html',
      'authorization-server',
      ask(code, refused('200 OK', '<p>Hi', 'content-type: text/html')),
    ],
    [
      'wrong-type-but-json',
      'authorization-server',
      ask(
        code,
        refused('200 OK', '{"access_token":"${secret at_ one}"}', 'content-type: text/plain'),
      ),
    ],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(notJson, http).findings).toMatchObject([{ variant, fault }])
  })
})

describe('token/wrong-content-type', () => {
  const no = error('invalid_request')
  test.each([
    ['json', ask('{"grant_type":"authorization_code"}', no, { type: 'application/json' })],
    ['multipart', ask('--b', no, { type: 'multipart/form-data; boundary=b' })],
    ['other', ask(code, no, { type: 'text/plain' })],
    ['other', ask(code, no, { type: '' })],
    ['query', ask('', no, { url: `https://as.example/token?${code}` })],
  ])('finds %s', (variant, http) => {
    expect(run(contentType, metadata('as.example') + http).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('in the query, it is still the request of its login', () => {
    const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
    const astray = ask('', no, { url: `https://as.example/token?${code}` })
    for (const exchange of parseTranscript(`\${opening until callback}\n${astray}`))
      session.ingest(exchange)
    session.settle()
    expect(session.report().flows).toHaveLength(1)
  })

  test('is tolerated where the server takes it', () => {
    const http = ask(code, issued, { type: 'text/plain' })
    expect(variants(run(contentType, http))).toEqual(['other'])
    expect(run(contentType, http).findings[0]?.severity).toBe('warning')
    expect(run(contentType, ask(code, issued, { type: '' })).outcome).toBe('pass')
  })
})
