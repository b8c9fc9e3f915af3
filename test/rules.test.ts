import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exampleFaults } from '../src/core/example.ts'
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

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  test.each(rule.examples.good)('passes: $name', (example) => {
    expect(exampleFaults(rule, rules, example, true)).toEqual([])
  })

  test.each(rule.examples.bad)('fires once: $name', (example) => {
    expect(exampleFaults(rule, rules, example, false)).toEqual([])
  })

  test('tells the party at fault what to do, beginning with a verb', () => {
    expect(rule.remedy).toMatch(/^[A-Z][a-z]+ /)
    expect(rule.remedy).toMatch(/[.!]$/)
    expect(rule.why).toMatch(/[.!]$/)
  })

  test('explains only rules that exist or are planned by id shape', () => {
    for (const id of rule.explains ?? []) expect(id).toMatch(/^[a-z-]+\/[a-z0-9-]+(#[a-z0-9_-]+)?$/)
  })

  test('declares its severities and parties without repeats', () => {
    expect(new Set(rule.severity).size).toBe(rule.severity.length)
    expect(new Set(rule.fault).size).toBe(rule.fault.length)
  })
})
