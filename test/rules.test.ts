import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exampleFaults } from '../src/core/example.ts'
import { explanationFaults } from '../src/core/verdict/explanations.ts'
import { loadRules } from '../src/rules.ts'

const folder = fileURLToPath(new URL('../rules', import.meta.url))
const { rules } = await loadRules()
const ids = new Set(rules.map((rule) => rule.id))

test('a rule file is named after its id, and every file in rules is a rule', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`.replaceAll('\\', '/'),
    )
  expect(files.sort()).toEqual([...ids].map((id) => `${id}.ts`).sort())
})

test('a rule explains rules that exist, once each, and none of them explains it', () => {
  expect(explanationFaults(rules)).toEqual([])
  for (const { explains = [] } of rules) expect(explains).toEqual([...new Set(explains)])
})

test('a rule of a user may explain ours, and none that does not exist', async () => {
  const place = mkdtempSync(join(tmpdir(), 'authtap-rules-'))
  const write = (name: string, explains: string) =>
    writeFileSync(
      join(place, name),
      `import token from ${JSON.stringify(join(folder, 'token/error-response.ts'))}
       export default { ...token, id: 'mine/one', explains: ['${explains}'] }`,
    )
  try {
    write('fits.mjs', 'flow/stalled')
    const { rules: all } = await loadRules([join(place, 'fits.mjs')])
    expect(all.map(({ id }) => id)).toContain('mine/one')
    write('misses.mjs', 'flow/staled')
    await expect(loadRules([join(place, 'misses.mjs')])).rejects.toThrow(
      'mine/one explains flow/staled, which does not exist',
    )
  } finally {
    rmSync(place, { recursive: true })
  }
})

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  test.each(rule.examples.good)('passes: $name', async (example) => {
    expect(await exampleFaults(rule, rules, example, true)).toEqual([])
  })

  test.each(rule.examples.bad)('fires once: $name', async (example) => {
    expect(await exampleFaults(rule, rules, example, false)).toEqual([])
  })

  test('tells the party at fault what to do, beginning with a verb', () => {
    expect(rule.remedy).toMatch(/^[A-Z][a-z]+ /)
    expect(rule.remedy).toMatch(/[.!]$/)
    expect(rule.why).toMatch(/[.!]$/)
  })

  test('declares its severities and parties without repeats', () => {
    expect(new Set(rule.severity).size).toBe(rule.severity.length)
    expect(new Set(rule.fault).size).toBe(rule.fault.length)
  })
})
