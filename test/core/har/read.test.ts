import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { bodyText, header, headerValues } from '../../../src/core/wire/exchange.ts'
import { fieldNames, fromEntry, sanitisedHeaders } from '../../../src/core/har/read.ts'

interface File {
  log: { creator: { name: string }; entries: unknown[] }
}
const fixture = (name: string): File =>
  JSON.parse(
    readFileSync(new URL(`fixtures/${name}.har`, import.meta.url), 'utf8').replace(/^\ufeff/, ''),
  ) as File
const read = (name: string): Exchange[] =>
  fixture(name).log.entries.flatMap((entry, index) => fromEntry(entry, index) ?? [])

describe('fromEntry reads captures of', () => {
  test('Chrome', () => {
    const [call, metadata, callback] = read('chrome')
    expect(call!.request.headers.map(([name]) => name)).toEqual([
      'accept',
      'authorization',
      'content-length',
      'content-type',
      'cookie',
      'user-agent',
    ])
    expect(bodyText(call!.request)).toContain('"initialize"')
    expect(call!.response).toMatchObject({ status: 401, httpVersion: '2', complete: true })
    expect(headerValues(call!.response!.headers, 'www-authenticate')).toHaveLength(2)
    expect(headerValues(call!.response!.headers, 'set-cookie')).toHaveLength(2)
    expect(bodyText(call!.response!)).toBe('{"error":"unauthorized"}')
    expect(call).toMatchObject({
      id: '1',
      source: 'har',
      connection: '11',
      serverAddress: '2001:db8::7',
      startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 100),
      timings: { dns: 18.781, connect: 41.375, tls: 55.379, send: 0.319 },
    })
    expect(call!.endedAt! - call!.startedAt).toBeCloseTo(169.8, 1)
    expect(bodyText(metadata!.response!)).toContain('"resource"')
    expect(callback).toMatchObject({
      id: '4',
      connection: '',
      failure: { phase: 'tcp', code: 'ERR_CONNECTION_REFUSED' },
    })
    expect(callback!.response).toBeUndefined()
    expect(callback!.serverAddress).toBeUndefined()
  })

  test('Firefox', () => {
    const [token, metadata, blocked] = read('firefox')
    expect(token).toMatchObject({ connection: '', startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 100) })
    expect(token!.client).toContain('Firefox')
    expect(bodyText(token!.request)).toContain('redirect_uri=http%3A%2F%2Flocalhost')
    expect(bodyText(token!.response!)).toBe('{"error":"invalid_grant"}')
    expect(metadata!.response!.body).toMatchObject({ dropped: 85 })
    expect(blocked!.failure).toMatchObject({ phase: 'http', code: 'NO-RESPONSE' })
  })

  test('Safari, whose forms may come as parameters only', () => {
    const [token] = read('safari')
    expect(bodyText(token!.request)).toBe(
      'grant_type=authorization_code&code=a%20b%2B%26%C3%A9&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb',
    )
    expect(token).toMatchObject({ connection: '3', response: { httpVersion: '2' } })
    expect(token!.request).not.toHaveProperty('httpVersion')
  })

  test('mitmproxy', () => {
    const [call, metadata] = read('mitmproxy')
    expect(call!.startedAt).toBe(Date.UTC(2024, 10, 5, 10, 0, 0, 50) + 0.195)
    expect(metadata!.startedAt).toBeGreaterThan(call!.startedAt)
    expect(call!.timings).toMatchObject({ connect: 55.06396293640137, tls: 80.66129684448242 })
    expect(bodyText(call!.response!)).toBe('{"error":"unauthorized"}')
    expect(call!.response!.body.dropped).toBe(0)
    expect(metadata!.failure).toMatchObject({ phase: 'tcp' })
    expect(metadata!.timings).toEqual({ send: 0.1, wait: 0, receive: 0 })
  })

  test('Charles, without its tunnels', () => {
    const exchanges = read('charles')
    expect(exchanges).toHaveLength(1)
    expect(exchanges[0]).toMatchObject({
      startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 482),
      timings: { connect: 20, tls: 41 },
    })
    expect(bodyText(exchanges[0]!.response!)).toBe('<html><p>Sign in</p></html>\n')
  })

  test('Fiddler, which answers in the place of a server it cannot reach', () => {
    const [metadata, failed] = read('fiddler')
    expect(metadata!.request.body.bytes).toHaveLength(0)
    expect(metadata!.startedAt).toBe(Date.UTC(2024, 10, 5, 10, 0, 0, 785) + 0.775)
    expect(failed!.response).toBeUndefined()
    expect(failed!.failure).toMatchObject({
      phase: 'dns',
      message: 'Fiddler - DNS Lookup Failed',
    })
  })

  test('HTTP Toolkit, which leaves large bodies out', () => {
    const [call] = read('http-toolkit')
    expect(call!.request.body).toMatchObject({ dropped: 50_000 })
    expect(call!.endedAt! - call!.startedAt).toBe(7)
  })

  test('Proxyman', () => {
    const [call] = read('proxyman')
    expect(header(call!.request.headers, 'authorization')).toBe('Bearer abc')
    expect(bodyText(call!.response!)).toMatch(/^data: .*\n\n$/)
  })

  test('Slack, with fields as pairs and a status as text', () => {
    const [metadata] = read('slack')
    expect(metadata!.request.headers).toEqual([
      ['Accept', '*/*'],
      ['X-Two', 'a'],
    ])
    expect(metadata!.response!.status).toBe(200)
  })
})

describe('sanitisedHeaders', () => {
  const missing = (name: string): string[] => {
    const { creator, entries } = fixture(name).log
    const seen = entries.flatMap((entry, index) => {
      const exchange = fromEntry(entry, index)
      return exchange === undefined ? [] : fieldNames(entry, exchange)
    })
    return sanitisedHeaders(creator.name, new Set(seen))
  }

  test('a Chrome export without any sensitive field lacks them all', () => {
    expect(missing('chrome-sanitised')).toEqual(['authorization', 'cookie', 'set-cookie'])
  })

  test.each(['chrome', 'firefox', 'safari', 'mitmproxy', 'charles'])(
    'nothing is known to be missing in that of %s',
    (name) => {
      expect(missing(name)).toEqual([])
    },
  )

  test('cookies that are only listed count as seen', () => {
    const entry = { request: { url: 'https://a/', cookies: [{ name: 'a', value: '1' }] } }
    expect(fieldNames(entry, fromEntry(entry, 0)!)).toContain('cookie')
  })
})
