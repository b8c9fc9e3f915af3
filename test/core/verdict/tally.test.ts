import { describe, expect, test } from 'vitest'
import type { Flow } from '../../../src/core/flow/flow.ts'
import type { Step, StepKind } from '../../../src/core/step/step.ts'
import { checklist } from '../../../src/core/verdict/checklist.ts'
import type { Finding, FlowReport, Outcome, Severity } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { verdictOf } from '../../../src/core/verdict/tally.ts'
import { outcomeOf } from '../../../src/core/verdict/verdict.ts'

const found = (more: Partial<Finding>) =>
  ({ severity: 'error', fault: 'client', ...more }) as Finding
const flow = (id: string, outcome: FlowReport['outcome']) => ({ id, outcome }) as FlowReport

describe('the verdict', () => {
  const through = [flow('w1', 'authorized')]

  test('is fail with an error, unless authtap itself caused it', () => {
    expect(verdictOf([found({})], through, [])).toBe('fail')
    expect(verdictOf([found({ fault: 'authtap' })], through, [])).toBe('pass')
    expect(verdictOf([found({ severity: 'warning' })], through, [])).toBe('pass')
  })

  test('is incomplete where nothing was seen, or somebody did not get through out of sight', () => {
    const blind = (id: string) => [{ flow: id, rule: 'a/b', leg: 'the token request' as const }]
    expect(verdictOf([], [], [])).toBe('incomplete')
    const both = [...through, flow('w2', 'failed')]
    expect(verdictOf([], both, blind('w2'))).toBe('incomplete')
    expect(verdictOf([], both, blind('w1'))).toBe('pass')
  })
})

describe('a flow', () => {
  const flowOf = (settled: boolean, ...steps: readonly [StepKind, boolean][]) =>
    ({
      settled,
      steps: steps.map(([kind, ok], order) => ({ kind, ok, order }) as Step),
    }) as unknown as Flow

  test('got through when its last call was answered and nothing failed since', () => {
    expect(outcomeOf(flowOf(true, ['challenge', true], ['mcp', true]))).toBe('authorized')
    expect(outcomeOf(flowOf(true, ['token', false], ['mcp', true]))).toBe('authorized')
    expect(outcomeOf(flowOf(true, ['mcp', true], ['token', false]))).toBe('failed')
    expect(outcomeOf(flowOf(false, ['mcp', true], ['token', false]))).toBe('in-progress')
  })

  test('is not told by what carries no login', () => {
    expect(outcomeOf(flowOf(true, ['mcp', true], ['preflight', false]))).toBe('authorized')
    expect(outcomeOf(flowOf(true, ['challenge', true], ['jwks', false]))).toBe('abandoned')
    expect(outcomeOf(flowOf(true))).toBe('abandoned')
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
