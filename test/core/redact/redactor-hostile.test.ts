import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Exchange, type Headers, bodyText, header } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { exchangeOf, jwt, key, written } from './redaction.ts'

const secret = ['h6G', 'tR2', 'wQ8', 'zN4', 'xB1', 'kM7'].join('')
const mega = 1024 * 1024

/** Everything that can be done with an exchange, none of which may throw. */
function everything(exchange: Exchange): string {
  const redactor = createRedactor({ key })
  const clean = redactor.exchange(exchange)
  const out = written(clean)
  redactor.leaks(out)
  redactor.value({ exchange: clean, text: bodyText(exchange.request) })
  redactor.text(bodyText(exchange.request))
  redactor.facts()
  return out
}

function headersOf(type: string): Headers {
  return [
    ['x-api-key', secret],
    ['content-type', type],
  ]
}

describe('hostile input', () => {
  const deep = `${'['.repeat(10_000)}{"access_token":"${secret}"}${']'.repeat(10_000)}`

  test('of ten thousand levels is redacted like any other', () => {
    expect(everything(exchangeOf({ body: deep, answer: deep }))).not.toContain(secret)
  })

  test('of ten thousand levels inside an MCP message is left out', () => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":${deep},"_meta":{"io.modelcontextprotocol/x":${deep}},"capabilities":${deep}}}`
    const out = everything(exchangeOf({ body }))
    expect(out).not.toContain(secret)
    expect(out).toContain('characters left out')
  })

  test('as a value of ten thousand levels is cut off', () => {
    let value: unknown = secret
    for (let level = 0; level < 10_000; level += 1) value = { value }
    const redactor = createRedactor({ key })
    redactor.value({ token: secret })
    expect(JSON.stringify(redactor.value(value))).not.toContain(secret)
  })

  test.each([
    ['one long word', 'a'],
    ['the beginning of the secret', secret.slice(0, 13)],
    ['names of secrets', 'password='],
    ['parameters', '&code=a'],
    ['tokens', `${jwt({ a: 1 })} `],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['percent signs', '%25'],
    ['references', '&amp;'],
    ['brackets', '{"a":['],
    ['strings', '"a":"b",'],
    ['tags', '<input name=code value=a'],
    ['addresses', 'a@b.example'],
    ['credentials', '://a:b'],
    ['key blocks', '-----BEGIN PRIVATE KEY-----\n'],
    ['events', 'data: {"a":1}\n'],
    ['schemes', 'bearer '],
    ['spaces', ' '],
  ])('of four megabytes of %s ends', (_, unit) => {
    const long = unit.repeat(Math.floor((4 * mega - 64) / unit.length))
    const redactor = createRedactor({ key })
    redactor.leaks(
      written(redactor.exchange(exchangeOf({ headers: headersOf('text/html'), body: long }))),
    )
    for (const type of [
      'application/json',
      'text/event-stream',
      'application/x-www-form-urlencoded',
    ])
      everything(exchangeOf({ headers: headersOf(type), body: long.slice(0, 100_000) }))
  })

  test.each([
    ['one character', 'a'.repeat(60_000)],
    ['two characters', 'ab'.repeat(30_000)],
  ])(
    'that repeats the beginning of a long secret of %s ends, and shows nothing of it',
    (_, start) => {
      const redactor = createRedactor({ key })
      redactor.value({ token: `${start}!` })
      redactor.value({ token: `${start.slice(0, 20)}?` })
      const text = redactor.text(start.repeat(40))
      expect(text.length).toBeLessThan(4 * mega)
      expect(redactor.leaks(`${'x'.repeat(100)}${start}!`)).toBe('token')
    },
  )

  test('with names of Object.prototype is a document like any other', () => {
    const body = `{"__proto__":{"access_token":"${secret}"},"constructor":"${secret}x","toString":1,"hasOwnProperty":{"token":"${secret}"}}`
    const out = everything(exchangeOf({ body, url: 'https://h/?__proto__=a&constructor=b' }))
    expect(out).not.toContain(secret)
    const redactor = createRedactor({ key })
    const clean = redactor.value(JSON.parse(body) as object)
    expect(Object.keys(clean)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    expect(JSON.stringify(clean)).not.toContain(secret)
    expect(({} as Record<string, unknown>)['access_token']).toBe(undefined)
  })

  test('with lone halves of surrogate pairs is found out in every encoding', () => {
    const value = `${secret}\ud800${secret}`
    const redactor = createRedactor({ key })
    const { token } = redactor.value({ token: value })
    expect(redactor.text(`x ${JSON.stringify(value)} y`)).toBe(`x "${token}" y`)
    expect(redactor.text(`x ${encodeURIComponent(value.toWellFormed())} y`)).toBe(`x ${token} y`)
    expect(redactor.text(`\udc00${value}\ud83d`)).toContain(token)
    everything(exchangeOf({ url: `https://h/?code=\ud800&state=%ud800%ED%A0%80`, body: value }))
  })

  test('with malformed escapes is read as it stands', () => {
    const url = `https://h/%?code=%zz${secret}%&state=%E2%28&x=%25%`
    const clean = createRedactor({ key }).exchange(exchangeOf({ url })).request.url
    expect(clean).not.toContain(secret)
    expect(clean).toMatch(/^https:\/\/h\/%\?code=%E2%80%B9code.*&x=%25%$/)
  })

  test('with empty and odd header fields is taken as it comes', () => {
    const names = ['authorization', 'cookie', 'set-cookie', 'location', 'dpop', 'x', '']
    const values = [
      '',
      ' ',
      ';',
      '=',
      ';;=;',
      'Bearer',
      'Basic',
      'Basic =',
      'Basic Og==',
      '://',
      '%',
      ',,,',
      '?#',
    ]
    for (const name of names)
      for (const value of values) {
        const exchange = exchangeOf({ headers: [[name, value]] })
        expect(createRedactor({ key }).exchange(exchange).request.headers.length).toBe(1)
      }
  })
})

describe('a body', () => {
  const token = JSON.stringify({ access_token: secret })

  test.each([
    ['gzip', gzipSync(token)],
    ['br', brotliCompressSync(token)],
  ])('in %s that changes is made anew, and the fields about its bytes go', (coding, bytes) => {
    const exchange = exchangeOf({
      answer: bytes,
      answerHeaders: [
        ['Content-Encoding', coding],
        ['Content-Length', String(bytes.length)],
        ['Content-Type', 'application/json'],
      ],
    })
    const { response } = createRedactor({ key }).exchange(exchange)
    expect(response!.headers).toEqual([['Content-Type', 'application/json']])
    expect(bodyText(response!)).toMatch(/^\{"access_token":"‹access_token:[0-9a-f]{16}›"\}$/)
  })

  test('that does not change stays as it crossed the wire', () => {
    const exchange = exchangeOf({
      answer: gzipSync('{"issuer":"https://as.example"}'),
      answerHeaders: [['content-encoding', 'gzip']],
    })
    expect(createRedactor({ key }).exchange(exchange).response).toEqual(exchange.response)
  })

  test.each([
    ['a coding that is not read', Buffer.from(token), 'zstd'],
    ['a broken coding', gzipSync(token).subarray(0, 12), 'gzip'],
    ['no text in it', Buffer.from([0, 1, 2, 3]), 'identity'],
    ['text of two bytes a character', Buffer.from(token, 'utf16le'), 'identity'],
  ])('with %s counts as not kept', (_, bytes, coding) => {
    const { response } = createRedactor({ key }).exchange(
      exchangeOf({ answer: bytes, answerHeaders: [['content-encoding', coding]] }),
    )
    expect(response!.body).toEqual({ bytes: new Uint8Array(0), dropped: bytes.length })
  })

  test('in Latin-1 is searched as such, and comes out in UTF-8', () => {
    const value = `${secret}é`
    const redactor = createRedactor({ key })
    const { password } = redactor.value({ password: value })
    const clean = redactor.exchange(
      exchangeOf({ answer: Buffer.from(`<p>für ${value}`, 'latin1') }),
    )
    expect(bodyText(clean.response!)).toBe(`<p>für ${password}`)
  })

  test('whose last character was cut by the capture limit is text all the same', () => {
    const bytes = Buffer.from(`{"access_token":"${secret}","name":"é`).subarray(0, -1)
    const exchange = exchangeOf({ answer: bytes })
    const cut = { ...exchange, response: { ...exchange.response!, body: { bytes, dropped: 9 } } }
    const { response } = createRedactor({ key }).exchange(cut)
    expect(bodyText(response!)).toMatch(/^\{"access_token":"‹access_token/)
    expect(response!.body.dropped).toBe(9)
    expect(header(response!.headers, 'content-length')).toBe(undefined)
  })
})
