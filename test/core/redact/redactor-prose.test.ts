import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { loadRules } from '../../../src/rules.ts'
import { key } from './redaction.ts'

const { rules } = await loadRules()

test.each(
  rules.map(({ id, title, why, remedy, spec }) => ({ id, prose: { title, why, remedy, spec } })),
)('what $id says stays as it is written', ({ prose }) => {
  expect(createRedactor({ key }).value(prose)).toEqual(prose)
})

test('the README holds nothing that looks like a secret', () => {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  expect(createRedactor({ key }).text(text)).toBe(text)
})
