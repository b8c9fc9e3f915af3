import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { encodings, exchangeOf, jwt, key, remains } from './redaction.ts'

const secret = ['q7W', 'zT2', 'pX9', 'kL4', 'mB6', 'vD1'].join('')
const opaque = ['R8sK', '2jfT', 'w0Za', 'P5mC', 'x3Gh'].join('')

function knowing(value: string, name = 'access_token') {
  const redactor = createRedactor({ key })
  const { [name]: label } = redactor.value({ [name]: value })
  return { redactor, label: label! }
}

describe('a known secret in text', () => {
  test.each(encodings)('becomes its label: $name', ({ encode }) => {
    const value = `${secret}"ß €/+%41\\n`
    const { redactor, label } = knowing(value)
    const text = redactor.text(`before ${encode(value)} after`)
    expect(text).toContain(label)
    expect(text).toMatch(/^before .* after$/s)
    expect(remains(text, value)).toEqual([])
  })

  test('that is short is replaced where it is a whole value, and not inside words', () => {
    const { redactor, label } = knowing('Ab3xZ', 'state')
    expect(redactor.text('Ab3xZ')).toBe(label)
    expect(redactor.text('state "Ab3xZ" is short')).toBe(`state "${label}" is short`)
    expect(redactor.text('http://h/?x=Ab3xZ&y=1')).toBe(`http://h/?x=${label}&y=1`)
    expect(redactor.text('an Ab3xZy word')).toBe('an Ab3xZy word')
  })

  test.each([
    ...['abc', 'failed', 'S256', 'true', '8484', 'authorization_code', 'code', '2025-11-25'],
    ...['POST', 'DELETE'],
  ])('that is an everyday word stays one elsewhere: %s', (value) => {
    const { redactor } = knowing(value, 'session')
    const report = { outcome: value, text: `it is "${value}"`, url: `https://h/?a=${value}` }
    expect(redactor.value(report)).toEqual(report)
    expect(redactor.leaks(JSON.stringify(report))).toBe(undefined)
  })

  test.each([
    ['sub', 'service-account'],
    ['preferred_username', 'administrator'],
    ['name', 'data pipeline reader'],
    ['sub', 'SERVICE_ACCOUNT_READER'],
    ['login_hint', 'internal/batch-worker'],
  ])(
    'that is plain words about somebody goes where it is, and nowhere else: %s %s',
    (name, value) => {
      const redactor = createRedactor({ key })
      const person = redactor.value({ sub: 'one-2', [name]: value })
      expect(JSON.stringify(person)).not.toContain(value)
      const elsewhere = {
        kind: value,
        text: `a ${value} asks`,
        url: `https://h/${encodeURI(value)}`,
      }
      expect(redactor.value(elsewhere)).toEqual(elsewhere)
      expect(redactor.leaks(JSON.stringify(elsewhere))).toBe(undefined)
    },
  )

  test.each([
    ['preferred_username', 'ada.lovelace'],
    ['name', 'Ada Lovelace King'],
    ['sub', '108204268033311374519'],
    ['client_secret', 'correct horse battery'],
    ['nonce', 'qwhzkxvbnmplokijuhygtf'],
  ])('that is not plain words goes everywhere: %s %s', (name, value) => {
    const redactor = createRedactor({ key })
    redactor.value({ sub: 'one-2', [name]: value })
    expect(redactor.text(`a ${value} asks`)).not.toContain(value)
  })

  test.each(['session', 'nonce'])('of a %s goes everywhere, though it is plain words', (kind) => {
    const { redactor } = knowing('brave-otter-lamp', kind)
    expect(redactor.text('a brave-otter-lamp asks')).not.toContain('brave-otter-lamp')
  })

  test.each([
    ['username', 'client_secret', 'correct-horse-battery-staple'],
    ['sub', 'password', 'administrator'],
    ['nonce', 'code_verifier', 'https://app.example/callback/of-words'],
  ])('that was plain words in a %s goes everywhere once it is a %s', (first, then, value) => {
    const { redactor } = knowing(value, first)
    const text = `wrong: ${value} is in ${Buffer.from(`x${value}`).toString('base64')}`
    expect(redactor.text(text)).toBe(text)
    redactor.value({ [then]: value })
    expect(remains(redactor.text(text), value)).toEqual([])
    expect(redactor.leaks(text)).toBeDefined()
  })

  test('that an application uses as an address does not hide the address', () => {
    const { redactor } = knowing('https://app.example/callback', 'state')
    expect(redactor.text('to https://app.example/callback')).toBe('to https://app.example/callback')
  })
})

describe('a secret that is cut', () => {
  test.each([
    ['by the end of the text', (cut: string) => `saw ${cut}`],
    ['by an ellipsis', (cut: string) => `saw ${cut}… and more`],
    ['by dots', (cut: string) => `saw "${cut}..." there`],
    ['by a quotation mark', (cut: string) => `saw "${cut}" there`],
    ['by the end of a sentence', (cut: string) => `saw ${cut}. It is bad.`],
    ['in percent-encoding', (cut: string) => `saw %22${cut}%22 there`],
  ])('%s has the label of the whole', (_, quote) => {
    const { redactor, label } = knowing(opaque)
    const text = quote(opaque.slice(0, 14))
    expect(redactor.text(text)).toBe(text.replace(opaque.slice(0, 14), label))
    expect(redactor.leaks(JSON.stringify({ text }))).toBe('access_token')
  })

  test('in the middle of an escape is cut all the same', () => {
    const value = `${opaque}€€€€`
    const { redactor, label } = knowing(value)
    const cut = encodeURIComponent(value).slice(0, -2)
    expect(redactor.text(`x=${cut}…`)).toMatch(new RegExp(`^x=${label}`))
  })

  test('is not what begins like it and goes on otherwise', () => {
    const urn = 'urn:ietf:params:oauth:request_uri:'
    const { redactor } = knowing(urn + secret, 'request_uri')
    const text = 'urn:ietf:params:oauth:grant-type:jwt-bearer and urn:ietf:params:oauth'
    expect(redactor.text(text)).toBe(text)
  })

  test('as a part of a JWT has the label of the JWT', () => {
    const token = jwt({ sub: 'user-1', aud: 'https://mcp.example/mcp' })
    const [, payload, signature] = token.split('.')
    const { redactor, label } = knowing(token)
    expect(redactor.text(`payload ${payload} signature ${signature}`)).toBe(
      `payload ${label} signature ${label}`,
    )
  })

  test('as evidence quotes it has the label of the whole', () => {
    const long = opaque.repeat(60)
    const { redactor, label } = knowing(long)
    const evidence = {
      exchange: '1',
      at: 'request.header.authorization[0]',
      text: `Bearer ${long.slice(0, 1000)}…`,
    }
    expect(redactor.value(evidence).text).toBe(`Bearer ${label}…`)
    expect(
      redactor.value({ ...evidence, at: 'request.form.token', text: `${long.slice(0, 99)}…` }).text,
    ).toBe(`${label}…`)
  })
})

describe('a secret that was never seen', () => {
  const seen = (text: string) => createRedactor({ key }).text(text)
  const hidden = /‹\w+:[0-9a-f]{16}›/

  test.each([
    ['a JWT', `got ${jwt({ sub: 'a' })} here`],
    ['a JWT in percent-encoding', `%22${jwt({ sub: 'a' })}%22`],
    ['a token with a known prefix', `key gho_${opaque}.`],
    ['another', `(ya29.${opaque})`],
    ['a bearer credential', `curl -H 'authorization: Bearer ${opaque}'`],
    ['Basic credentials', `sent Basic ${Buffer.from(`me:${opaque}`).toString('base64')} twice`],
    ['a query', `opened https://h/cb?x=1&access_token=${opaque}&y=2`],
    ['an encoded query', `next=https%3A%2F%2Fh%2Fcb%3Fcode%3D${opaque}%26x%3D1`],
    ['a form', `sent client_secret=${opaque}`],
    ['a document', `{\\"refresh_token\\":\\"${opaque}\\"}`],
    ['a password in a URL', `postgres://me:${opaque}@db/x`],
    ['a header line', `GET / HTTP/1.1\r\ncookie: sid=${opaque}\r\naccept: x`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${opaque}\n-----END PRIVATE KEY-----`],
    ['the address of a person', `user ${opaque}@corp.example is not assigned`],
  ])('is known by its shape: %s', (_, text) => {
    expect(seen(text)).toMatch(hidden)
    expect(seen(text)).not.toContain(opaque)
    expect(seen(text)).not.toContain('eyJ')
  })

  test('keeps what stands around it', () => {
    expect(seen(`https://h/cb?x=1&access_token=${opaque}&y=2`)).toMatch(
      /^https:\/\/h\/cb\?x=1&access_token=‹access_token:[0-9a-f]{16}›&y=2$/,
    )
  })

  test('has the label that it has elsewhere', () => {
    const redactor = createRedactor({ key })
    const text = redactor.text(`a=b&code=${opaque}`)
    expect(redactor.text(opaque)).toBe(text.slice('a=b&code='.length))
  })

  test.each([
    'Bearer realm="x", error="invalid_token", error_description="The access token expired"',
    'send the code_verifier as is; code: invalid_grant, token_type=Bearer, state=present',
    'access_token: missing, password=required "client_secret": "none"',
    'The Authorization header says Bearer authentication-required-for-this',
    'https://as.example/.well-known/oauth-authorization-server?x=1#y',
    'grant_type=authorization_code&response_type=code&code_challenge_method=S256',
    'npm_config_registry, sk-learn-extra-things, ERR_JWT_EXPIRED at token.js:12:33',
    'git@github.com:authtap/authtap.git and @scope/pkg@1.2.3',
    'basic authentication, dpop_bound_access_tokens=true, Basic realm="abc"',
    '2 requests to http://localhost:8484/mcp, see RFC 9728 §3.3',
  ])('is not seen where there is none: %s', (text) => {
    expect(seen(text)).toBe(text)
  })
})

describe('any JSON value', () => {
  test('keeps its shape, and loses what its names and places say is secret', () => {
    const redactor = createRedactor({ key })
    const label = expect.stringMatching(/^‹/)
    expect(
      redactor.value({
        list: [{ access_token: 'ab1', n: 1, none: null, yes: true }],
        evidence: [
          { exchange: '3', at: 'request.form.code_verifier', text: 'ab2' },
          { exchange: '3', at: 'response.json/error', text: 'invalid_grant' },
          { exchange: '3', at: 'request.query.scope', text: 'openid' },
          { exchange: '3', at: 'request.header.cookie[0]', text: 'a=ab3' },
          { exchange: '3', at: 'request.jwt.email', text: 'ann' },
          { exchange: '3', at: 'request.proof.nonce', text: 'ab6' },
          { exchange: '3', at: 'request.client-assertion.email', text: 'bob' },
          { exchange: '3', at: 'request.url', text: 'https://h/?code=ab4' },
        ],
        headers: [
          { name: 'X-API-Key', value: 'ab5' },
          { name: 'accept', value: 'x' },
        ],
      }),
    ).toEqual({
      list: [{ access_token: label, n: 1, none: null, yes: true }],
      evidence: [
        { exchange: '3', at: 'request.form.code_verifier', text: label },
        { exchange: '3', at: 'response.json/error', text: 'invalid_grant' },
        { exchange: '3', at: 'request.query.scope', text: 'openid' },
        { exchange: '3', at: 'request.header.cookie[0]', text: expect.stringMatching(/^a=‹/) },
        { exchange: '3', at: 'request.jwt.email', text: label },
        { exchange: '3', at: 'request.proof.nonce', text: label },
        { exchange: '3', at: 'request.client-assertion.email', text: label },
        { exchange: '3', at: 'request.url', text: expect.stringMatching(/code=%E2%80%B9code/) },
      ],
      headers: [
        { name: 'X-API-Key', value: label },
        { name: 'accept', value: 'x' },
      ],
    })
  })

  test('may hold exchanges, bytes and names that are secret', () => {
    const redactor = createRedactor({ key })
    const exchange = exchangeOf({ headers: [['authorization', `Bearer ${opaque}`]] })
    const out = redactor.value({
      exchange,
      bytes: Buffer.from(`{"token":"${secret}"}`),
      counts: { [opaque]: 1 },
    })
    expect(JSON.stringify(out)).not.toContain(opaque)
    expect(Buffer.from(out.bytes).toString()).not.toContain(secret)
  })
})
