import { expect, test } from 'vitest'
import { quoted } from '../../../src/core/verdict/quote.ts'
import { defineRule } from '../../../src/core/verdict/rule.ts'
import { run } from '../../rules/run.ts'

const rule = defineRule({
  id: 'house/lifetime',
  title: 'It quotes the lifetime',
  severity: ['error'],
  fault: ['client'],
  spec: [],
  revisions: 'all',
  why: 'Why.',
  remedy: 'Mend it.',
  on: 'token',
  *check(step) {
    yield { message: 'a lifetime', evidence: [{ step, at: 'response.json/expires_in' }] }
  },
  examples: { good: [], bad: [] },
})

test.each([
  ['"3600"', '"3600"'],
  ['3600', '3600'],
  ['"-1.5e3"', '"-1.5e3"'],
  ['"true"', '"true"'],
  ['true', 'true'],
  ['"null"', '"null"'],
  ['null', 'null'],
  ['"an hour"', 'an hour'],
  ['"3600 s"', '3600 s'],
  ['["3600"]', '["3600"]'],
])('of a member that is %s the evidence says %s', (written, shown) => {
  const http = `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK
< content-type: application/json

{"access_token":"\${secret at_}","token_type":"Bearer","expires_in":${written}}
`
  expect(run(rule, http).findings.map(({ evidence }) => evidence[0]?.text)).toEqual([shown])
})

test('a message quotes each text of a list, and other values as JSON', () => {
  expect(quoted(['a b', 'c'])).toBe('"a b", "c"')
  expect(quoted([])).toBe('"[]"')
  expect(quoted([1, 'a'])).toBe(String.raw`"[1,\"a\"]"`)
})
