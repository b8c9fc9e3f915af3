import { expect, test } from 'vitest'
import type { Finding } from '../../../src/core/verdict/report.ts'
import { findingGroups } from '../../../src/tui/model/findings.ts'
import { told } from '../fixtures/told.ts'

/** A session with further findings: what, how bad, and where it was seen. */
function withMore(...more: readonly Partial<Finding>[]) {
  const session = told()
  const [like] = session.model.findings.values()
  for (const [n, one] of more.entries()) {
    const finding = { ...like!, id: `more ${n}`, causedBy: null, ...one }
    session.tell([{ type: 'finding', finding }])
  }
  return session.model
}

const at = (...exchanges: readonly string[]): Finding['evidence'] =>
  exchanges.map((exchange) => ({ exchange, at: 'response.status', text: '200' }))

test('a cause stands before what it causes, which is moved in below it', () => {
  const groups = findingGroups(told().model, 'severity')
  expect(groups.map(({ key, depth, isFirstBroken }) => [key, depth, isFirstBroken])).toEqual([
    ['audience/other-audience', 0, true],
    ['bearer/token-refused', 1, false],
    ['scope/not-asked', 0, false],
  ])
})

test('findings of one rule and variant are one, the newest first, and of each what is at fault first', () => {
  const model = withMore(
    { rule: 'a/b', variant: 'x', evidence: at('2', '4') },
    { rule: 'a/b', variant: 'x', evidence: at('7', '4') },
    { rule: 'a/b', variant: 'y', evidence: at('1') },
  )
  const groups = findingGroups(model, 'severity').filter(({ finding }) => finding.rule === 'a/b')
  expect(groups.map(({ key, times, all }) => [key, times, all.length])).toEqual([
    ['a/b#y', 1, 1],
    ['a/b#x', 3, 2],
  ])
  expect(groups[1]!.evidence.map(({ exchange }) => exchange)).toEqual(['7', '4', '2', '4'])
})

test('they are in order of severity, of how often, or of time', () => {
  const model = withMore({ rule: 'a/often', severity: 'info', evidence: at('2', '3', '4') })
  const keys = (order: Parameters<typeof findingGroups>[1]) =>
    findingGroups(model, order)
      .filter(({ depth }) => depth === 0)
      .map(({ key }) => key)
  expect(keys('severity')).toEqual(['audience/other-audience', 'scope/not-asked', 'a/often'])
  expect(keys('count')).toEqual(['a/often', 'audience/other-audience', 'scope/not-asked'])
  expect(keys('time')).toEqual(['a/often', 'scope/not-asked', 'audience/other-audience'])
})

test('two that name each other as cause are shown all the same', () => {
  const model = withMore(
    { id: 'one', rule: 'a/one', causedBy: 'two', evidence: at('1') },
    { id: 'two', rule: 'a/two', causedBy: 'one', evidence: at('2') },
  )
  const keys = findingGroups(model, 'severity').map(({ key }) => key)
  expect(keys).toEqual(expect.arrayContaining(['a/one', 'a/two']))
  expect(keys).toHaveLength(5)
})
