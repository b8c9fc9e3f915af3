import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readMeanings } from '../../../../src/core/step/meaning/meanings.ts'

const sections = readFileSync(new URL('said.txt', import.meta.url), 'utf8')
  .split('\n## ')
  .slice(1)
  .map((section) => section.split('\n').filter((line) => line !== ''))

const meaningsOf = (text: string) => readMeanings(text).map(({ meaning }) => meaning)

describe('what a server says', () => {
  for (const [heading = '', ...texts] of sections) {
    const expected = heading === 'nothing' ? [] : heading.split(' ')
    test.each(texts)(`%j means ${heading}`, (text) => {
      expect(meaningsOf(text)).toEqual(expected)
    })
  }

  test('is known in more than two hundred forms', () => {
    expect(sections.flatMap(([, ...texts]) => texts).length).toBeGreaterThan(200)
  })

  test('means the same in capitals, in camel case, with underscores, quotation marks and line breaks', () => {
    for (const text of ['TOKEN EXPIRED', 'tokenExpired', 'token_expired', '"token"\n  expired'])
      expect(meaningsOf(text)).toContain('expired')
  })

  test('is not what it denies, supposes, or offers among others', () => {
    for (const text of [
      'The token is not expired',
      'If the token has expired, ask for another',
      'Unless token expired, try again',
      'invalid, expired or revoked token',
      'Token invalid/expired',
    ])
      expect(meaningsOf(text)).not.toContain('expired')
  })

  test('does not stand in a URL', () => {
    expect(meaningsOf('see https://docs.example/audience/token-expired?pkce=1')).toEqual([])
  })

  test('is quoted as it was written, a long text by its sentence', () => {
    expect(readMeanings(' The "aud" claim is wrong ')[0]?.words).toBe('The "aud" claim is wrong')
    const long = `${'Nothing to see here. '.repeat(20)}The issuer 'x' is not trusted. And so on.`
    expect(readMeanings(long)[0]?.words).toBe("The issuer 'x' is not trusted")
  })

  test('is read only as far as makes sense, in time that grows with the text alone', () => {
    expect(meaningsOf(`${' '.repeat(500_000)}token expired`)).toEqual([])
    for (const bait of ['token ', 'a', 'aA', 'client id not ', 'no '])
      expect(Array.isArray(readMeanings(bait.repeat(100_000)))).toBe(true)
  })
})
