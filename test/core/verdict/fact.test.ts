import { expect, test } from 'vitest'
import { factOf, factText, nameAt } from '../../../src/core/verdict/fact.ts'
import type { Finding } from '../../../src/core/verdict/report.ts'

test.each([
  ['response.jwt.aud', 'aud'],
  ['request.form.redirect_uri', 'redirect_uri'],
  ['response.json/authorization_servers/0', 'authorization_servers'],
  ['response.header.www-authenticate[1]', 'WWW-Authenticate'],
  ['request.header.content-type[0]', 'Content-Type'],
  ['response.status', 'status'],
])('what stands at %s is called %s', (at, name) => {
  expect(nameAt(at)).toBe(name)
})

const text = (short: Pick<Finding, 'found' | 'expected'>) =>
  factText(
    factOf({
      ...short,
      message: 'what was seen',
      evidence: [{ exchange: '1', at: 'response.jwt.aud', text: '' }],
    } as unknown as Finding),
  )

test('a fact is the value and the one it has to be, that there is none, or what was found', () => {
  expect(text({ found: 'a', expected: 'b' })).toBe('aud is a, must be b')
  expect(text({ expected: 'b' })).toBe('aud is missing, must be b')
  expect(text({ found: 'nothing listens' })).toBe('nothing listens')
  expect(text({})).toBe('what was seen')
})
