import { describe, expect, test } from 'vitest'
import type { Finding, FlowReport } from '../../../src/core/verdict/report.ts'
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
