import { expect, test } from 'vitest'
import { folded, prose } from '../../../../src/sink/report/md/escape.ts'

test('a mention and a reference are spelled out, each character once', () => {
  expect(prose('ask @octocat about #12 & a<b')).toBe('ask &#64;octocat about &#35;12 &amp; a&lt;b')
  expect(folded('@octocat #12', '')).toContain('<summary>&#64;octocat &#35;12</summary>')
})
