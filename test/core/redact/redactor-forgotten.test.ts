import { describe, expect, test } from 'vitest'
import { createHmac } from 'node:crypto'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { exchangeOf, jwt, key, remains, written } from './redaction.ts'

/** Tokens of a session in which every call has one of its own. */
const opaque = (index: number) =>
  createHmac('sha256', 'k').update(String(index)).digest('base64url')
const signed = (index: number) =>
  `${jwt({ iss: 'https://as.example', sub: 'u', jti: opaque(index) }).slice(0, -10)}${opaque(-index)}`

const named = (token: string) =>
  exchangeOf({ answer: JSON.stringify({ access_token: token, token_type: 'Bearer' }) })

const quotes: readonly (readonly [string, (token: string) => string])[] = [
  ['as it is', (token) => token],
  ['percent-encoded', (token) => encodeURIComponent(token)],
  ['in JSON in JSON', (token) => JSON.stringify(JSON.stringify({ x: token }))],
  ['in base64', (token) => Buffer.from(token).toString('base64')],
  ['in base64 behind a byte', (token) => Buffer.from(`x${token} `).toString('base64url')],
  ['in Basic credentials', (token) => `Basic ${Buffer.from(`me:${token}`).toString('base64')}`],
  ['at the end', (token) => `the token ${token}`],
]

describe.each([
  ['opaque tokens', opaque, 120_000],
  ['JWTs', signed, 30_000],
] as const)('in a session of very many %s', (_, make, count) => {
  const redactor = createRedactor({ key })
  const first = [0, 1, 2, 3, 4].map(make)
  const labels = first.map((token) => redactor.text(written(redactor.exchange(named(token)))))
  for (let index = 5; index < count; index += 1) redactor.learn(named(make(index)))

  test.each(quotes)('the first ones are known where they are quoted %s', (_, quote) => {
    for (const token of first) {
      const text = `cannot use ${quote(token)}`
      expect(redactor.leaks(text)).toBe('access_token')
      const out = redactor.text(`${text}, sorry`)
      expect(remains(out, token)).toEqual([])
      expect(redactor.leaks(out)).toBe(undefined)
    }
  })

  test('they have the labels that they had', () => {
    const label = (text: string) => /‹access_token:[0-9a-f]{16}›/.exec(text)![0]
    for (const [index, token] of first.entries())
      expect(redactor.text(`saw ${token} there`)).toBe(`saw ${label(labels[index]!)} there`)
  })

  test('the newest are known as well, and prose is left alone', () => {
    const last = make(count - 1)
    expect(remains(redactor.text(`saw ${last}`), last)).toEqual([])
    const prose = 'The authorization server answers with an error, and nothing is known of it. '
    expect(redactor.text(prose.repeat(50))).toBe(prose.repeat(50))
  })
})
