import { describe, expect, test } from 'vitest'
import { KeptSteps } from '../../../src/core/flow/kept-steps.ts'
import { Shelf } from '../../../src/core/flow/shelf.ts'
import type { Step } from '../../../src/core/step/step.ts'

let order = 0

function call(ok: boolean, credential = 'Bearer one', rpc = 'tools/list'): Step {
  const status = ok ? 200 : 500
  const exchange = { id: String(order) }
  const isRequest = !rpc.startsWith('notifications/')
  const step = {
    kind: 'mcp',
    ok,
    status,
    method: 'POST',
    rpc: { method: rpc },
    isRequest,
    exchange,
  }
  return { ...step, authorization: [credential], order: order++ } as unknown as Step
}

function taken(steps: readonly Step[]): boolean[] {
  const kept = new KeptSteps(new Shelf(10))
  return steps.map((step) => kept.add(step, () => false))
}

const times = (count: number, make: () => Step) => Array.from({ length: count }, make)

describe('an MCP call is kept', () => {
  test('when it succeeds for the first or second time in its way', () => {
    expect(taken(times(4, () => call(true)))).toEqual([true, true, false, false])
    const other = [...times(2, () => call(true)), call(true, 'Bearer two'), call(true, 'x', 'ping')]
    expect(taken(other)).toEqual([true, true, true, true])
  })

  test('when it fails, for the first twenty times', () => {
    const kept = taken(times(23, () => call(false)))
    expect(kept.lastIndexOf(true)).toBe(19)
  })

  test('when it succeeds after something failed', () => {
    const steps = [...times(3, () => call(true)), call(false), call(true), call(true)]
    expect(taken(steps)).toEqual([true, true, false, true, true, false])
  })

  test('when a request succeeds after something failed, whatever notifications succeeded in between', () => {
    const notify = () => call(true, 'Bearer one', 'notifications/x')
    const steps = [...times(3, () => call(true)), notify(), call(false), notify(), call(true)]
    expect(taken(steps)).toEqual([true, true, false, true, true, true, true])
  })

  test('when its tool fails, however often it succeeded, and when it succeeds after that', () => {
    const failing = () => ({ ...call(true), answer: { toolError: 'expired' } }) as unknown as Step
    const steps = [...times(5, () => call(true)), failing(), call(true), call(true)]
    expect(taken(steps)).toEqual([true, true, false, false, false, true, true, false])
  })

  test('or is counted all the same', () => {
    const kept = new KeptSteps(new Shelf(10))
    for (const step of times(5, () => call(true))) kept.add(step, () => false)
    expect([kept.calls, kept.steps.length]).toEqual([5, 2])
  })
})

test('of too many the oldest calls behind the opening go, and what a finding rests on last', () => {
  const kept = new KeptSteps(new Shelf(10))
  const steps = times(441, () => call(false, `Bearer ${order}`))
  for (const step of steps) kept.add(step, (one) => one === steps[10])
  expect(kept.steps).toHaveLength(401)
  expect(kept.steps.slice(9, 13)).toEqual([steps[9], steps[10], steps[51], steps[52]])
  expect(kept.of(['mcp'])).toEqual(kept.steps)
})

test('a step that comes late stands where it began', () => {
  const kept = new KeptSteps(new Shelf(10))
  const [first, second, third] = times(3, () => call(false))
  for (const step of [third!, first!, second!]) kept.add(step, () => false)
  expect(kept.steps).toEqual([first, second, third])
})

test('the first failure of each sort is kept, however many steps come after it', () => {
  const kept = new KeptSteps(new Shelf(10))
  const opening = times(12, () => call(false, `Bearer ${order}`))
  const refused = { ...call(false), kind: 'token', status: 400 } as Step
  const later = times(600, () => ({ ...call(false), kind: 'token', status: 503 }) as Step)
  for (const step of [...opening, refused, ...later]) kept.add(step, () => false)
  expect(kept.steps.length).toBeLessThanOrEqual(440)
  expect(kept.steps).toContain(refused)
})
