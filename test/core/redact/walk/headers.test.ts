import { describe, expect, test } from 'vitest'
import { type Exchange, bodyText, header } from '../../../../src/core/wire/exchange.ts'
import { param, parseForm } from '../../../../src/core/wire/params.ts'
import { createRedactor } from '../../../../src/core/redact/redactor.ts'
import { exchangeOf, formEncode, key } from '../redaction.ts'

const value = ['9cK', 'x+/7=', 'Qr "z"', ' & 12é'].join('')
const plain = ['Zk3', 'vR8', 'tY1', 'mN5', 'pL0'].join('')
const label = (kind: string) => expect.stringMatching(new RegExp(`^‹${kind}:[0-9a-f]{16}›$`))

function redacted(exchange: Exchange): Exchange {
  return createRedactor({ key }).exchange(exchange)
}

describe('in header fields', () => {
  const field = (name: string, text: string) =>
    header(redacted(exchangeOf({ headers: [[name, text]] })).request.headers, name)

  test.each([
    ['Bearer', /^Bearer ‹access_token:[0-9a-f]{16}›$/],
    ['bearer ', /^bearer {2}‹access_token:[0-9a-f]{16}›$/],
    ['DPoP', /^DPoP ‹access_token:[0-9a-f]{16}›$/],
    ['Bearer Bearer', /^Bearer Bearer ‹access_token:[0-9a-f]{16}›$/],
    ['Bearer:', /^Bearer: ‹access_token:[0-9a-f]{16}›$/],
    ['Negotiate', /^Negotiate ‹authorization:[0-9a-f]{16}›$/],
  ])('the credential behind %s goes and the scheme stays', (scheme, expected) => {
    expect(field('Authorization', `${scheme} ${plain}`)).toMatch(expected)
  })

  test('a credential without a scheme, in quotes, or twice is the credential', () => {
    expect(field('authorization', plain)).toMatch(/^‹authorization:[0-9a-f]{16}›$/)
    expect(field('authorization', `Bearer "${plain}"`)).toMatch(/^Bearer "‹access_token:\w+›"$/)
    expect(field('authorization', `Bearer ${plain}, Bearer ${plain}`)).toMatch(
      /^Bearer (‹access_token:\w+›), Bearer \1$/,
    )
  })

  test.each(['undefined', 'null', '[object Object]', '<access_token>', '${TOKEN}', '***', ''])(
    'what is no credential is there for all to see: %s',
    (text) => {
      expect(field('authorization', `Bearer ${text}`)).toBe(`Bearer ${text}`)
    },
  )

  test('Basic credentials become the label of the secret in them', () => {
    const basic = Buffer.from(`app%201:${formEncode(value)}`).toString('base64')
    const redactor = createRedactor({ key })
    const clean = redactor.exchange(
      exchangeOf({
        headers: [['Authorization', `Basic ${basic}`]],
        body: `client_secret=${formEncode(value)}`,
      }),
    )
    const secret = param(parseForm(bodyText(clean.request)), 'client_secret')!
    expect(header(clean.request.headers, 'authorization')).toBe(`Basic ${secret}`)
    expect(redactor.facts()[secret]).toEqual({
      kind: 'client_secret',
      length: value.length,
      user: 'app 1',
    })
  })

  test('Basic credentials that were not form-encoded are one with the secret they hold', () => {
    const secret = ['a+b/c', '%41d=e', 'fghij'].join('')
    const redactor = createRedactor({ key })
    const issued = redactor.exchange(
      exchangeOf({ answer: JSON.stringify({ client_secret: secret }) }),
    )
    const { client_secret } = JSON.parse(bodyText(issued.response!)) as { client_secret: string }
    const basic = Buffer.from(`app:${secret}`).toString('base64')
    const sent = redactor.exchange(exchangeOf({ headers: [['Authorization', `Basic ${basic}`]] }))
    expect(header(sent.request.headers, 'authorization')).toBe(`Basic ${client_secret}`)
  })

  test('Basic credentials without a password hold nothing but a name', () => {
    const basic = `Basic ${Buffer.from('app:').toString('base64')}`
    expect(field('authorization', basic)).toBe(basic)
  })

  test.each([
    ['X-API-Key', 'api_key'],
    ['apikey', 'api_key'],
    ['X-Goog-Api-Key', 'api_key'],
    ['x-auth-token', 'token'],
    ['X-My-Secret', 'client_secret'],
    ['api_key', 'api_key'],
    ['session_id', 'session'],
    ['mcp-session-id', 'session'],
    ['DPoP', 'dpop_proof'],
    ['dpop-nonce', 'nonce'],
    ['x-forwarded-access-token', 'access_token'],
    ['x-forwarded-email', 'personal'],
  ])('%s is a %s', (name, kind) => {
    expect(field(name, plain)).toEqual(label(kind))
  })

  test('cookies keep their names and attributes, each with a label of its own', () => {
    const clean = redacted(
      exchangeOf({
        headers: [['Cookie', `sid=${plain}; theme=dark; sid2="${plain}"`]],
        answerHeaders: [['Set-Cookie', `sid=${plain}; Path=/; HttpOnly; SameSite=Lax`]],
      }),
    )
    const cookie = header(clean.request.headers, 'cookie')!
    const [, sid] = /^sid=(‹cookie:\w+›); theme=‹cookie:\w+›; sid2="\1"$/.exec(cookie)!
    expect(header(clean.response!.headers, 'set-cookie')).toBe(
      `sid=${sid}; Path=/; HttpOnly; SameSite=Lax`,
    )
  })

  test('Location and Referer are read as URLs', () => {
    expect(field('Referer', 'https://h.example/cb?code=ab1&x=%7e')).toMatch(
      /^https:\/\/h\.example\/cb\?code=%E2%80%B9code%3A[0-9a-f]{16}%E2%80%BA&x=%7e$/,
    )
    expect(field('Location', '/cb?state=ab1')).toMatch(/^\/cb\?state=%E2%80%B9state%3A/)
  })

  test.each([
    'Bearer realm="mcp", error="invalid_token", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource"',
    'Bearer resource_metadata=https://mcp.example/.well-known/oauth-protected-resource/mcp2',
    'DPoP algs="ES256 PS256", error="use_dpop_nonce"',
    'Basic realm="Authentication required 2"',
  ])('a challenge stays as it is: %s', (challenge) => {
    expect(field('www-authenticate', challenge)).toBe(challenge)
  })
})

describe('in an event stream', () => {
  const stream = (answer: string) =>
    bodyText(
      redacted(exchangeOf({ answer, answerHeaders: [['content-type', 'text/event-stream']] }))
        .response!,
    )

  test('the data of each event is read on its own, and line ends stay', () => {
    expect(stream(`event: a\r\ndata: {"access_token":"${plain}"}\r\n\r\n: note\r\n`)).toMatch(
      /^event: a\r\ndata: \{"access_token":"‹access_token:[0-9a-f]{16}›"\}\r\n\r\n: note\r\n$/,
    )
  })

  test('data in several lines is one message', () => {
    expect(stream(`data: {"access_token":\ndata: "${plain}"}\n\n`)).toMatch(
      /^data: \{"access_token":\ndata: "‹access_token:[0-9a-f]{16}›"\}\n\n$/,
    )
  })

  test('an endpoint event loses the session in its URL', () => {
    expect(stream(`event: endpoint\ndata: /messages?sessionId=${plain}\n\n`)).toMatch(
      /data: \/messages\?sessionId=%E2%80%B9session%3A/,
    )
  })
})
