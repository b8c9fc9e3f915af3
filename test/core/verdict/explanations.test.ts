import { expect, test } from 'vitest'
import { Flow } from '../../../src/core/flow/flow.ts'
import { Known } from '../../../src/core/flow/known.ts'
import { defaultTimers } from '../../../src/core/flow/timers.ts'
import { causesByRule, explanationFaults } from '../../../src/core/verdict/explanations.ts'
import type { Finding } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { loadRules } from '../../../src/rules.ts'

const [any] = (await loadRules()).rules

function rules(explains: Record<string, readonly string[]>): Rule[] {
  return Object.entries(explains).map(([id, list]) => ({ ...any!, id, explains: list }))
}

test('a rule that is none is a fault, also where one variant of it is named', () => {
  const all = rules({ 'a/one': ['a/two', 'a/three#x'], 'a/two': [] })
  expect(explanationFaults(all)).toEqual(['a/one explains a/three, which does not exist'])
})

test('a circle is a fault, told once', () => {
  const all = rules({ 'a/one': ['a/two'], 'a/two': ['a/four', 'a/three'], 'a/three': ['a/one'] })
  expect(explanationFaults([...all, ...rules({ 'a/four': [] })])).toEqual([
    'a/one explains a/two explains a/three explains a/one, which is a circle',
  ])
})

test('two rules that explain the same one are no circle', () => {
  const all = rules({ 'a/one': ['a/two', 'a/three'], 'a/two': ['a/three#x'], 'a/three': [] })
  expect(explanationFaults(all)).toEqual([])
})

test('a flow knows the causes of a rule from what the others explain, errors first', () => {
  const flow = new Flow('w1', defaultTimers, undefined, new Known())
  const found = (rule: string, severity: string) =>
    ({ rule, severity, evidence: [] }) as unknown as Finding
  const all = rules({ 'a/one': ['a/three'], 'a/two': ['a/three#x'], 'a/three': [], 'a/four': [] })
  const [one, two, four] = [
    found('a/one', 'warning'),
    found('a/two', 'error'),
    found('a/four', 'error'),
  ]
  flow.know([one, two, four], causesByRule(all))
  expect(flow.causesOf({ id: 'a/three' })).toEqual([two, one])
  expect(flow.causesOf({ id: 'a/one' })).toEqual([])
})

test('a flow knows by which findings no login breaks', () => {
  const flow = new Flow('w1', defaultTimers, undefined, new Known())
  flow.know([], undefined, new Set(['a/one']))
  expect(flow.isWeakness({ rule: 'a/one' } as Finding)).toBe(true)
  expect(flow.isWeakness({ rule: 'a/two' } as Finding)).toBe(false)
})
