import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { s256 } from '../../../src/core/wire/hash.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { isLabel } from '../../../src/core/wire/label.ts'
import { exchangeOf, jwt, key, written } from './redaction.ts'

const value = ['9cK', 'x+/7=', 'Qr "z"', ' & 12é'].join('')
const plain = ['Zk3', 'vR8', 'tY1', 'mN5', 'pL0'].join('')
const label = (kind: string) => expect.stringMatching(new RegExp(`^‹${kind}:[0-9a-f]{16}›$`))

function redacted(exchange: Exchange): Exchange {
  return createRedactor({ key }).exchange(exchange)
}

describe('labels', () => {
  test('are equal for equal secrets, whatever the place and the name', () => {
    const redactor = createRedactor({ key })
    const clean = written(
      redactor.exchange(
        exchangeOf({
          url: `https://h.example/x?token=${plain}&next=${encodeURIComponent(`https://i/?code=${plain}`)}`,
          headers: [
            ['authorization', `Bearer ${plain}`],
            ['cookie', `t=${plain}`],
            ['x-note', Buffer.from(`{"t":"${plain}"}`).toString('base64url')],
          ],
          body: JSON.stringify({ refresh_token: plain, note: `it is ${plain}` }),
          answer: `<p>${plain}</p>`,
        }),
      ),
    )
    const labels = clean.match(/(?<=‹|%E2%80%B9)\w+?(?::|%3A)[0-9a-f]{16}/g)!
    expect(labels.length).toBe(8)
    expect(new Set(labels.map((one) => one.replace('%3A', ':'))).size).toBe(1)
  })

  test('depend on the key and on nothing else', () => {
    const other = new Uint8Array(32).fill(9)
    const one = createRedactor({ key }).value({ password: value })
    expect(createRedactor({ key }).value({ password: value })).toEqual(one)
    expect(createRedactor({ key: other }).value({ password: value })).not.toEqual(one)
  })

  test('are told from what is none', () => {
    const { password } = createRedactor({ key }).value({ password: value })
    expect(isLabel(password)).toBe(true)
    expect(isLabel(`${password} `)).toBe(false)
    expect(isLabel('‹code:12›')).toBe(false)
    expect(isLabel('')).toBe(false)
  })

  test('give their value back to whoever may reveal it', () => {
    const redactor = createRedactor({ key })
    const { password } = redactor.value({ password: value })
    expect(redactor.reveal(password)).toBe(value)
    expect(redactor.reveal('‹code:0000000000000000›')).toBe(undefined)
  })

  test('that stand around a secret do not protect it', () => {
    const url = `https://h/cb?code=${encodeURIComponent('‹code:0123456789abcdef›')}${plain}`
    expect(redacted(exchangeOf({ url })).request.url).not.toContain(plain)
  })
})

describe('facts about a label', () => {
  const factsOf = (document: Record<string, string>) => {
    const redactor = createRedactor({ key })
    const [name] = Object.values(redactor.value(document))
    return redactor.facts()[name!]
  }

  test('tell the prefix that says who issued it', () => {
    const token = `gho_${plain}${plain}`
    expect(factsOf({ access_token: token })).toEqual({
      kind: 'access_token',
      length: token.length,
      prefix: 'gho_',
    })
  })

  test('tell the hash of a verifier', () => {
    expect(factsOf({ code_verifier: value })?.s256).toBe(s256(value))
  })

  test('tell whether a verifier has no character but those that it may have', () => {
    const sound = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    expect(factsOf({ code_verifier: sound })?.unreserved).toBe(true)
    expect(factsOf({ code_verifier: `${sound}+` })).not.toHaveProperty('unreserved')
  })

  test('show header and claims of a JWT, without what is about a person, and tokens within as labels', () => {
    const inner = jwt({ sub: 'user-2', email: 'eve@corp.example' })
    const claims = { iss: 'https://as.example', sub: 'user-1', aud: ['a', 'b'], exp: 1 }
    const token = jwt({ ...claims, email: 'ann@corp.example', nonce: plain, act: { token: inner } })
    const facts = factsOf({ access_token: token })!
    expect(facts.header).toEqual({ alg: 'RS256', typ: 'at+jwt' })
    expect(facts.claims).toEqual({
      ...claims,
      sub: label('personal'),
      email: label('personal'),
      nonce: label('nonce'),
      act: { token: label('token') },
    })
    expect(JSON.stringify(facts)).not.toContain('eve@')
  })

  test('of a capture that is redacted already pass through, and no more than facts', () => {
    const name = '‹access_token:0123456789abcdef›'
    const facts = { kind: 'access_token', length: 9, claims: { iss: 'https://as.example' } }
    const labels = { [name]: { ...facts, value: plain }, [plain]: facts }
    const redactor = createRedactor({ key, labels })
    const exchange = exchangeOf({ headers: [['authorization', `Bearer ${name}`]] })
    expect(redactor.exchange(exchange)).toEqual(exchange)
    expect(redactor.facts()).toEqual({ [name]: facts })
  })
})

test('switched off, everything passes through', () => {
  const redactor = createRedactor({ key, off: true })
  const exchange = exchangeOf({ headers: [['authorization', `Bearer ${plain}`]] })
  expect(redactor.exchange(exchange)).toBe(exchange)
  expect(redactor.text(plain)).toBe(plain)
  expect(redactor.leaks(plain)).toBe(undefined)
})
