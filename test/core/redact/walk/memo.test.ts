import { expect, test } from 'vitest'
import { Memo } from '../../../../src/core/redact/walk/memo.ts'
import { emptyBody, type Exchange } from '../../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../../src/core/redact/redactor.ts'

const key = Buffer.alloc(32, 7)

function exchangeWith(headers: readonly (readonly [string, string])[]): Exchange {
  return {
    id: '1',
    source: 'reverse',
    client: 'c',
    connection: '1',
    startedAt: 0,
    request: { method: 'POST', url: 'https://mcp.example/mcp', headers, body: emptyBody },
    touched: [],
  }
}

test('a value is mapped once, and anew when something was remembered since', () => {
  let changes = 0
  let maps = 0
  const again = new Memo(() => changes)
  const get = (name: string, value: string) =>
    again.get('field', name, value, () => `${value}${++maps}`)
  expect([get('a', 'v'), get('a', 'v')]).toEqual(['v1', 'v1'])
  expect(get('b', 'v')).toBe('v2')
  expect(again.get('url', 'a', 'v', () => 'as a URL')).toBe('as a URL')
  changes += 1
  expect(get('a', 'v')).toBe('v3')
})

test('what was mapped while something was remembered is not kept', () => {
  let changes = 0
  const again = new Memo(() => changes)
  const learn = () => {
    changes += 1
    return 'made without what came later'
  }
  again.get('field', 'a', 'v', learn)
  expect(again.get('field', 'a', 'v', () => 'made with it')).toBe('made with it')
})

test('names of Object.prototype are names like any other', () => {
  const again = new Memo(() => 0)
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(again.get('field', name, '__proto__', () => `mapped ${name}`)).toBe(`mapped ${name}`)
})

test('a header that held nothing is redacted once its value is known to be a secret', () => {
  const redactor = createRedactor({ key })
  const value = ['plain', 'looking', 'but', 'secret', 'words'].join('-')
  const plain = exchangeWith([['X-Request', value]])
  expect(redactor.exchange(plain).request.headers[0]![1]).toBe(value)
  redactor.learn(exchangeWith([['Authorization', `Bearer ${value}`]]))
  expect(redactor.exchange(plain).request.headers[0]![1]).toMatch(/^‹access_token:/)
})

test('a secret that comes again and again is never forgotten, however many others come', () => {
  const redactor = createRedactor({ key })
  const value = `kept-${'abcDEF123'.repeat(3)}`
  const carrying = () => exchangeWith([['Authorization', `Bearer ${value}`]])
  for (let batch = 0; batch < 60; batch += 1) {
    redactor.learn(carrying())
    for (let other = 0; other < 1000; other += 1)
      redactor.value({ access_token: `other-${batch}-${other}-${'xyzXYZ789'.repeat(2)}` })
  }
  expect(redactor.text(`it was ${value}`)).not.toContain(value)
})
