import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { param, paramValues, parseForm, queryParams } from '../../../src/core/wire/params.ts'

const forms: { description: string; input: string; expected: [string, string][] }[] = [
  { description: 'nothing', input: '', expected: [] },
  { description: 'one pair', input: 'a=b', expected: [['a', 'b']] },
  {
    description: 'a name without a value',
    input: 'a&b=',
    expected: [
      ['a', ''],
      ['b', ''],
    ],
  },
  { description: 'a value without a name', input: '=b', expected: [['', 'b']] },
  { description: 'an equals sign in a value', input: 'a=b=c', expected: [['a', 'b=c']] },
  { description: 'empty pairs', input: '&&a=b&&', expected: [['a', 'b']] },
  { description: 'a plus for a space', input: 'scope=a+b', expected: [['scope', 'a b']] },
  { description: 'an escaped plus', input: 'code=a%2Bb', expected: [['code', 'a+b']] },
  {
    description: 'repeats in order',
    input: 'r=1&x=&r=2',
    expected: [
      ['r', '1'],
      ['x', ''],
      ['r', '2'],
    ],
  },
  { description: 'one decoding and no second', input: 'r=%2520', expected: [['r', '%20']] },
  { description: 'UTF-8', input: 'a=%E2%82%AC%f0%9f%98%80', expected: [['a', '€😀']] },
  {
    description: 'an escape cut short',
    input: 'a=%&b=%4',
    expected: [
      ['a', '%'],
      ['b', '%4'],
    ],
  },
  { description: 'an escape without digits', input: 'a=%zz1', expected: [['a', '%zz1']] },
  { description: 'bytes that are not UTF-8', input: 'a=x%41%FF%42', expected: [['a', 'xA%FFB']] },
  { description: 'a character cut short', input: 'a=%E2%82', expected: [['a', '%E2%82']] },
  { description: 'an overlong character', input: 'a=%C0%80', expected: [['a', '%C0%80']] },
  { description: 'a name like a prototype', input: '__proto__=x', expected: [['__proto__', 'x']] },
  { description: 'a replacement character', input: 'a=%EF%BF%BD', expected: [['a', '\ufffd']] },
]

describe('a form', () => {
  test.each(forms)('is read with $description', ({ input, expected }) => {
    expect(parseForm(input)).toEqual(expected)
  })

  test('reads back what URLSearchParams wrote', () => {
    const pairs = fc.array(
      fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
    )
    fc.assert(
      fc.property(pairs, (written) => {
        const named = written.filter(([name, value]) => name !== '' || value !== '')
        expect(parseForm(new URLSearchParams(named).toString())).toEqual(named)
      }),
    )
  })

  test('agrees with URLSearchParams wherever no escape is damaged', () => {
    const piece = fc.constantFrom('a', '=', '&', '+', '%41', '%20', '%C3%A9', '?', '#', '/')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        // URLSearchParams drops a leading question mark, a form does not.
        const text = `x&${pieces.join('')}`
        expect(parseForm(text)).toEqual([...new URLSearchParams(text)])
      }),
    )
  })

  test('keeps two different damaged values different', () => {
    const bytes = fc.uint8Array().map((some) => some.filter((byte) => byte !== 0x25))
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const [a, b] = [one, other].map((value) =>
          [...value].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
        )
        const same = Buffer.from(one).equals(other)
        expect(param(parseForm(`v=${a}`), 'v') === param(parseForm(`v=${b}`), 'v')).toBe(same)
      }),
    )
  })

  test('is read up to 2000 pairs', () => {
    expect(parseForm('a=b&'.repeat(3000))).toHaveLength(2000)
  })

  test.each(['%', '%F', '%FF', '%C3%', '+', '&', '=', 'a=%E2%82&'])(
    'of a megabyte of %j comes to an end',
    (unit) => {
      expect(parseForm(unit.repeat(2 ** 20 / unit.length)).length).toBeLessThanOrEqual(2000)
    },
  )
})

describe('the query of a URL', () => {
  test.each([
    { description: 'is none', input: 'https://h/p', expected: [] },
    { description: 'is empty', input: 'https://h/p?', expected: [] },
    { description: 'ends at the fragment', input: 'https://h/?a=1#?b=2', expected: [['a', '1']] },
    { description: 'is not within the fragment', input: 'https://h/#x?a=1', expected: [] },
    { description: 'may hold a second question mark', input: '/p?a=?b', expected: [['a', '?b']] },
    {
      description: 'stays as written where a URL parser would escape',
      input: "h?a='|",
      expected: [['a', "'|"]],
    },
  ])('$description', ({ input, expected }) => {
    expect(queryParams(input)).toEqual(expected)
  })
})

test('a parameter is its first value, or all of them, and names have case', () => {
  const params = parseForm('resource=a&resource=b&Resource=c')
  expect(param(params, 'resource')).toBe('a')
  expect(paramValues(params, 'resource')).toEqual(['a', 'b'])
  expect(param(params, 'RESOURCE')).toBeUndefined()
  expect(paramValues(params, 'RESOURCE')).toEqual([])
})
