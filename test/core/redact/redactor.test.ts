import { describe, expect, test } from 'vitest'
import { type Exchange, bodyText, header } from '../../../src/core/wire/exchange.ts'
import { s256 } from '../../../src/core/wire/hash.ts'
import { param, parseForm, queryParams } from '../../../src/core/wire/params.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { exchangeOf, formEncode, key, written } from './redaction.ts'

const value = ['9cK', 'x+/7=', 'Qr "z"', ' & 12é'].join('')
const plain = ['Zk3', 'vR8', 'tY1', 'mN5', 'pL0'].join('')
const label = (kind: string) => expect.stringMatching(new RegExp(`^‹${kind}:[0-9a-f]{16}›$`))

function redacted(exchange: Exchange): Exchange {
  return createRedactor({ key }).exchange(exchange)
}

function answerOf(document: unknown): Record<string, unknown> {
  const clean = redacted(exchangeOf({ answer: JSON.stringify(document) }))
  return JSON.parse(bodyText(clean.response!)) as Record<string, unknown>
}

describe('in a URL', () => {
  const names = {
    access_token: 'access_token',
    id_token_hint: 'id_token_hint',
    code: 'code',
    state: 'state',
    nonce: 'nonce',
    request_uri: 'request_uri',
    login_hint: 'username',
    api_key: 'api_key',
  }
  test.each(Object.entries(names))('%s becomes a label that decoding gives back', (name, kind) => {
    const url = `https://as.example/a?x=%2f&${name}=${encodeURIComponent(value)}&scope=a+b`
    const clean = redacted(exchangeOf({ method: 'GET', url })).request.url
    expect(param(queryParams(clean), name)).toEqual(label(kind))
    expect(new URL(clean).searchParams.get(name)).toEqual(label(kind))
    expect(clean).toMatch(/^https:\/\/as\.example\/a\?x=%2f&/)
    expect(clean).toMatch(/&scope=a\+b$/)
  })

  test('the parameters of an authorization request that are no secret stay as they were written', () => {
    const url = `https://as.example/authorize?client_id=https%3A%2F%2Fc.example%2Fid&redirect_uri=http%3a%2f%2F127.0.0.1%3A1%2Fcb&code_challenge=${s256(plain)}&code_challenge_method=S256&scope=openid+profile&resource=https%3A%2F%2Fmcp.example%2Fmcp`
    expect(redacted(exchangeOf({ method: 'GET', url })).request.url).toBe(url)
  })

  test('a challenge that is the verifier itself is one with it', () => {
    const url = `https://as.example/authorize?code_challenge=${plain}&code_challenge_method=plain`
    const clean = redacted(exchangeOf({ url, body: `code_verifier=${plain}` }))
    expect(param(queryParams(clean.request.url), 'code_challenge')).toBe(
      param(parseForm(bodyText(clean.request)), 'code_verifier'),
    )
  })

  test('a password before the host, a session in the path and a token in the fragment go', () => {
    const url = `https://user:${plain}@h.example/a;jsessionid=${plain}9/b#access_token=${plain}8&x=1`
    const clean = redacted(exchangeOf({ url })).request.url
    expect(clean).toMatch(
      /^https:\/\/user:%E2%80%B9password%3A[0-9a-f]{16}%E2%80%BA@h\.example\/a;jsessionid=%E2%80%B9session%3A[0-9a-f]{16}%E2%80%BA\/b#access_token=%E2%80%B9access_token%3A[0-9a-f]{16}%E2%80%BA&x=1$/,
    )
  })

  test('a URL inside a parameter is read as one, also when its secret is short', () => {
    const inner = encodeURIComponent('http://127.0.0.1:1/cb?code=ab12&x=y')
    const url = `https://h.example/login?next=${inner}&a=b`
    const next = param(queryParams(redacted(exchangeOf({ url })).request.url), 'next')!
    expect(param(queryParams(next), 'code')).toEqual(label('code'))
    expect(param(queryParams(next), 'x')).toBe('y')
  })

  test('a secret in a path segment goes when it is known from elsewhere', () => {
    const url = `https://h.example/s/${plain}/mcp`
    const clean = redacted(exchangeOf({ url, headers: [['x-api-key', plain]] }))
    expect(decodeURIComponent(clean.request.url)).toBe(
      `https://h.example/s/${header(clean.request.headers, 'x-api-key')}/mcp`,
    )
  })
})

describe('in what an exchange is called', () => {
  const exchange = exchangeOf({ headers: [['Authorization', `Bearer ${plain}`]] })
  const { request, response } = exchange
  const touch = { at: 'response.status', client: '1', upstream: '2', why: 'x' }
  test.each<[string, Partial<Exchange>]>([
    ['its id', { id: plain }],
    ['its connection', { connection: plain }],
    ['its client', { client: `IPv4 ${plain}` }],
    ['the address of the server', { serverAddress: plain }],
    ['what it is like', { like: plain }],
    ['what it repeats', { repeats: plain }],
    ['what it tries', { trial: { sort: 'bad-token', of: plain } }],
    ['the method', { request: { ...request, method: plain } }],
    ['the version', { request: { ...request, httpVersion: plain } }],
    ['the reason phrase', { response: { ...response!, statusText: plain } }],
    ['the code of a failure', { failure: { phase: 'http', code: plain, message: 'm' } }],
    ['a change', { touched: [{ ...touch, at: `request.header.${plain}[0]` }] }],
    ['why it was changed', { touched: [{ ...touch, why: plain }] }],
    ['a field that a capture lacks', { missing: [plain] }],
  ])('%s is no place for a secret', (_, parts) => {
    expect(written(redacted({ ...exchange, ...parts }))).not.toContain(plain)
  })

  test('a method stays one, also where a cookie says it', () => {
    const named = exchangeOf({ headers: [['Cookie', 'request_method=POST']] })
    const posted = { ...named, request: { ...named.request, method: 'POST' } }
    expect(redacted(posted).request.method).toBe('POST')
  })
})

describe('in a form', () => {
  test('every parameter of a token request that is a secret becomes a label', () => {
    const secrets = {
      code: 'code',
      code_verifier: 'code_verifier',
      client_secret: 'client_secret',
      client_assertion: 'assertion',
      refresh_token: 'refresh_token',
      subject_token: 'subject_token',
      device_code: 'device_code',
      password: 'password',
      token: 'token',
    }
    const pairs = Object.keys(secrets).map((name) => `${name}=${formEncode(`${name}${value}`)}`)
    const body = `grant_type=authorization_code&${pairs.join('&')}&token_type_hint=access_token`
    const form = parseForm(bodyText(redacted(exchangeOf({ body })).request))
    for (const [name, kind] of Object.entries(secrets))
      expect(param(form, name)).toEqual(label(kind))
    expect(param(form, 'grant_type')).toBe('authorization_code')
    expect(param(form, 'token_type_hint')).toBe('access_token')
  })

  test('a multipart body is read field by field', () => {
    const body = `--b1\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n${value}\r\n--b1\r\nContent-Disposition: form-data; name="scope"\r\n\r\nmcp\r\n--b1--\r\n`
    const clean = redacted(
      exchangeOf({ body, headers: [['content-type', 'multipart/form-data; boundary=b1']] }),
    )
    expect(bodyText(clean.request)).toMatch(/\r\n\r\n‹client_secret:[0-9a-f]{16}›\r\n--b1\r\n/)
    expect(bodyText(clean.request)).toContain('\r\n\r\nmcp\r\n')
  })

  test('the fields of a page that posts the authorization response are read', () => {
    const answer = `<form method=post><input type="hidden" name="code" value="ab1&quot;2"/><input value='s9' name='state'><input name="iss" value="https://as.example"></form>`
    const page = bodyText(redacted(exchangeOf({ answer })).response!)
    expect(page).toMatch(/name="code" value="‹code:[0-9a-f]{16}›"/)
    expect(page).toMatch(/value='‹state:[0-9a-f]{16}›' name='state'/)
    expect(page).toContain('name="iss" value="https://as.example"')
  })
})

describe('in a document', () => {
  test('the secrets of a token response go and the rest stays byte for byte', () => {
    const answer = `{ "access_token" : ${JSON.stringify(value)},\n "token_type":"Bearer", "expires_in":3600,"scope":"a\\u0020b", "refresh_token":"${plain}" }`
    const clean = bodyText(redacted(exchangeOf({ answer })).response!)
    expect(clean).toMatch(
      /^\{ "access_token" : "‹access_token:[0-9a-f]{16}›",\n "token_type":"Bearer", "expires_in":3600,"scope":"a\\u0020b", "refresh_token":"‹refresh_token:[0-9a-f]{16}›" \}$/,
    )
  })

  test('a registration keeps its client id and loses its secrets', () => {
    const document = {
      client_id: `id-${plain.slice(3).toLowerCase()}`,
      client_secret: value,
      client_secret_expires_at: 0,
      registration_access_token: plain,
      registration_client_uri: 'https://as.example/register/1',
      token_endpoint_auth_method: 'client_secret_post',
      contacts: ['ops@corp.example'],
    }
    expect(answerOf(document)).toEqual({
      ...document,
      client_secret: label('client_secret'),
      registration_access_token: label('registration_access_token'),
      contacts: [label('personal')],
    })
  })

  test('claims about a person go, and who they are about', () => {
    const claims = {
      sub: 'user-1',
      email: 'ann@corp.example',
      email_verified: true,
      name: 'Ann',
      given_name: 'Ann',
      preferred_username: 'ann',
      picture: 'https://h.example/ann.png',
      phone_number: 491701234567,
      address: { locality: 'Köln', country: 'DE' },
      birthdate: '1990-01-31',
      'https://corp.example/email': 'ann@corp.example',
    }
    const personal = label('personal')
    expect(answerOf(claims)).toEqual({
      ...Object.fromEntries(Object.keys(claims).map((name) => [name, personal])),
      email_verified: true,
      address: { locality: personal, country: personal },
    })
  })

  test('words that only sometimes mean a secret mean one in the right company', () => {
    const error = { code: 'invalid_token', state: 'active', name: 'UnauthorizedError' }
    expect(answerOf(error)).toEqual(error)
    const request = { grant_type: 'authorization_code', code: 'ab12', state: 's' }
    expect(answerOf(request)).toEqual({ ...request, code: label('code'), state: label('state') })
    expect(answerOf({ code: plain + plain })).toEqual({ code: label('code') })
  })

  test('private keys go and public ones stay', () => {
    const publicKey = { kty: 'RSA', kid: '1', n: plain.slice(3).toLowerCase(), e: 'AQAB' }
    expect(answerOf({ keys: [publicKey] })).toEqual({ keys: [publicKey] })
    expect(answerOf({ ...publicKey, d: plain })).toEqual({ ...publicKey, d: label('private_key') })
  })

  test('an endpoint that is called token is no token', () => {
    const links = {
      endpoints: { token: 'https://as.example/token', session: 'https://as.example/s' },
    }
    expect(answerOf(links)).toEqual(links)
  })

  test('request fields that a server echoes are read as fields', () => {
    const echo = answerOf({
      headers: { Authorization: `Bearer ${plain}`, Cookie: 'sid=a1b2; t=1' },
    })
    expect(echo['headers']).toEqual({
      Authorization: expect.stringMatching(/^Bearer ‹access_token:/),
      Cookie: expect.stringMatching(/^sid=‹cookie:[0-9a-f]{16}›; t=‹cookie:/),
    })
  })

  test('a document that is cut loses the secret it ends in', () => {
    const clean = redacted(exchangeOf({ answer: `{"scope":"mcp","access_token":"${plain}` }))
    expect(bodyText(clean.response!)).toMatch(
      /^\{"scope":"mcp","access_token":"‹access_token:[0-9a-f]{16}›$/,
    )
  })
})
