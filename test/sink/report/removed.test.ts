import { expect, test } from 'vitest'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { looksLine, removedLine } from '../../../src/sink/report/removed.ts'
import { exchangeOf, key } from '../../core/redact/redaction.ts'

const random = ['kX9', 'vB2mQ7', 'rT4wZ8', 'pL1n', 'C6dF3'].join('')

test('a report says how many secrets were removed, of which kinds, and which by their looks alone', () => {
  const redactor = createRedactor({ key })
  redactor.learn(
    exchangeOf({
      body: 'grant_type=authorization_code&code=abc1&code_verifier=def2',
      answer: JSON.stringify({ access_token: 'ghi3', refresh_token: 'jkl4', thing: random }),
    }),
  )
  const labels = redactor.facts()
  expect(removedLine(labels)).toBe(
    '5 secrets replaced by labels: 1 access_token, 1 code, 1 code_verifier, 1 refresh_token, 1 unnamed. The same value has the same label.',
  )
  expect(looksLine(labels)).toMatch(/^By its looks alone: ‹unnamed:[0-9a-f]{16}›\.$/)
})

test('what a name tells afterwards is no longer known by its looks alone', () => {
  const redactor = createRedactor({ key })
  redactor.learn(exchangeOf({ answer: JSON.stringify({ thing: random }) }))
  expect(looksLine(redactor.facts())).not.toBe('')
  redactor.learn(exchangeOf({ answer: JSON.stringify({ api_key: random }) }))
  expect(looksLine(redactor.facts())).toBe('')
})

test('where nothing was removed it says so', () => {
  expect(removedLine({})).toBe('No secret was seen.')
  expect(looksLine({})).toBe('')
})
