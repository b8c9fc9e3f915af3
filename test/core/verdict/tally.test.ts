import { describe, expect, test } from 'vitest'
import { checklist } from '../../../src/core/verdict/checklist.ts'
import type { Finding, FlowReport, Outcome, Severity } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { verdictOf } from '../../../src/core/verdict/tally.ts'

const found = (more: Partial<Finding>) =>
  ({ severity: 'error', fault: 'client', ...more }) as Finding
const flow = (id: string, outcome: FlowReport['outcome']) => ({ id, outcome }) as FlowReport

describe('the verdict', () => {
  const through = [flow('w1', 'authorized')]

  test('is fail with an error, unless authtap itself caused it or it was mended since', () => {
    expect(verdictOf([found({})], through)).toBe('fail')
    expect(verdictOf([found({ fault: 'authtap' })], through)).toBe('pass')
    expect(verdictOf([found({ past: true })], through)).toBe('pass')
    expect(verdictOf([found({ severity: 'warning' })], through)).toBe('pass')
  })

  test('is pass only where somebody got through, and no login was lost or left', () => {
    expect(verdictOf([], [])).toBe('incomplete')
    for (const outcome of ['failed', 'abandoned', 'in-progress'] as const)
      expect(verdictOf([], [...through, flow('w2', outcome)])).toBe('incomplete')
    for (const outcome of ['looked', 'superseded'] as const) {
      expect(verdictOf([], [...through, flow('w2', outcome)])).toBe('pass')
      expect(verdictOf([], [flow('w2', outcome)])).toBe('incomplete')
    }
  })
})

test.each<[Outcome | undefined, Severity | undefined, string]>([
  ['fail', 'error', 'fail'],
  ['fail', 'warning', 'fail'],
  ['fail', 'info', 'pass'],
  ['crash', undefined, 'blind'],
  ['blind', undefined, 'blind'],
  ['pass', undefined, 'pass'],
  [undefined, undefined, 'not-seen'],
])('an item whose rule came to %s, at worst with %s, is %s', (outcome, worst, status) => {
  const rule = { id: 'a/b', seed: ['D-1'] } as unknown as Rule
  const outcomes = new Map(outcome === undefined ? [] : [['a/b', outcome]])
  const [item, other] = checklist([rule], outcomes, () => worst)
  expect(item).toMatchObject({ item: 'D-1', status, rules: ['a/b'] })
  expect(other).toMatchObject({ item: 'D-2', status: 'not-seen', rules: [] })
})
