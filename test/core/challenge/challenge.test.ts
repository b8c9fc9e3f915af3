import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { challengeParam, parseChallenges } from '../../../src/core/challenge/challenge.ts'

test('repeated parameters keep their order, and the first is the one asked for', () => {
  const [challenge] = parseChallenges(['Bearer scope="a", SCOPE="b"']).lenient
  expect(challenge?.params.map(({ value }) => value)).toEqual(['a', 'b'])
  expect(challenge && challengeParam(challenge, 'Scope')).toBe('a')
  expect(challenge && challengeParam(challenge, 'realm')).toBeUndefined()
})

test('apostrophes that the grammar takes for part of a token are a problem all the same', () => {
  const { strict, lenient, problems } = parseChallenges(["Bearer error='invalid_token', a=b"])
  const values = (challenges: typeof strict) => challenges?.[0]?.params.map(({ value }) => value)
  expect(values(strict)).toEqual(["'invalid_token'", 'b'])
  expect(values(lenient)).toEqual(['invalid_token', 'b'])
  expect(problems.map(({ problem }) => problem)).toEqual(['single-quotes'])
})

test('one broken line makes the whole unreadable to the letter', () => {
  const { lines, strict, lenient } = parseChallenges(['Basic realm="a"', 'Bearer realm="b'])
  expect(lines).toEqual(['Basic realm="a"', 'Bearer realm="b'])
  expect(strict).toBeUndefined()
  expect(lenient.map(({ scheme }) => scheme)).toEqual(['Basic', 'Bearer'])
})

describe('whatever text comes as a field', () => {
  const piece = fc.constantFrom(
    ...[...',"\\= ;:\'{}[]\r\n\t\0a“”\x93'],
    ...['//', 'a=', 'a="', 'Bearer', 'Bearer ', '\xe2\x80\x9c', '&quot;', '\\"', '{"a":"b"}'],
  )
  const pieces = fc.array(piece).map((parts) => parts.join(''))
  const line = fc.oneof(pieces, fc.string({ unit: 'binary' }))

  test('is read without an exception, and every problem is where it is said to be', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        const { strict, problems, lenient } = parseChallenges(lines)
        if (strict === undefined) expect(problems).not.toEqual([])
        for (const { line: index, at, text } of problems) {
          expect(at).toBeLessThanOrEqual(lines[index]?.length ?? -1)
          expect(lines[index]?.slice(at, at + 40)).toBe(text)
        }
        for (const { params } of lenient) {
          for (const { line: index } of params) expect(lines[index]).toBeDefined()
        }
      }),
      { numRuns: 2000 },
    )
  })

  const units = [
    ...[...',"\\ \n='],
    ...[
      'a=',
      'a ',
      'a="',
      "a='",
      'a="x" y ',
      'a=\\"',
      '{"a":',
      'Bearer//',
      '&quot;',
      'a=x;b ',
      '\'a="x" y ',
    ],
  ]
  test.each(units)('comes to an end, also a megabyte of %j', (unit) => {
    for (const start of ['', 'Bearer a="']) {
      const text = start + unit.repeat(2 ** 20 / unit.length)
      expect(parseChallenges([text]).lines).toEqual([text])
    }
  })
})
