import { expect, test } from 'vitest'
import { loadRules } from '../../../src/rules.ts'
import type { Finding } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { type Placed, firstBroken, linkCauses } from '../../../src/core/verdict/verdict.ts'

const [rule] = (await loadRules()).rules

function placed(id: string, order: number, more: Partial<Finding> = {}): Placed {
  const finding = {
    id,
    rule: `a/${id}`,
    severity: 'error',
    fault: 'client',
    causedBy: null,
    ...more,
  }
  const place = { order, kind: 'mcp' as const, lastOrder: order }
  return { finding: finding as Finding, ...place, denies: [], weakness: false }
}

function rules(explains: Record<string, readonly string[]>): Map<string, Rule> {
  return new Map(
    Object.entries(explains).map(([id, list]) => [id, { ...rule!, id, explains: list }]),
  )
}

const causes = (all: readonly Placed[]) => all.map(({ finding }) => finding.causedBy)

test('a rule explains another rule, whatever its variant', () => {
  const all = [placed('one', 0), placed('two', 1, { variant: 'x' })]
  expect(causes(linkCauses(all, rules({ 'a/one': ['a/two'] })))).toEqual([null, 'one'])
})

test('a rule may explain one variant of another alone', () => {
  const explains = rules({ 'a/one': ['a/two#x'] })
  const of = (variant?: string) =>
    linkCauses(
      [placed('one', 0), placed('two', 1, variant === undefined ? {} : { variant })],
      explains,
    )
  expect(causes(of('x'))).toEqual([null, 'one'])
  expect(causes(of('y'))).toEqual([null, null])
  expect(causes(of())).toEqual([null, null])
})

test('of two that explain each other the earlier is the cause, and comes first', () => {
  const all = [placed('two', 1), placed('one', 0)]
  const linked = linkCauses(all, rules({ 'a/one': ['a/two'], 'a/two': ['a/one'] }))
  expect(causes(linked)).toEqual(['one', null])
  expect(firstBroken(linked)).toEqual({ finding: 'one', step: 'mcp', fault: 'client' })
})

test('what authtap itself caused breaks nothing, and what has a cause or is no error is not first', () => {
  const ours = placed('ours', 0, { fault: 'authtap' })
  const warning = placed('warning', 1, { severity: 'warning' })
  const effect = placed('effect', 2, { causedBy: 'theirs' })
  const theirs = placed('theirs', 3, { fault: 'resource-server' })
  const later = placed('later', 4)
  expect(firstBroken([later, theirs, effect, warning, ours])).toMatchObject({ finding: 'theirs' })
  expect(firstBroken([ours, warning])).toBeNull()
})

test('what has been mended since is the first broken step only where nothing is broken any more', () => {
  const past = placed('old', 0, { past: true })
  expect(firstBroken([past, placed('new', 1)])).toMatchObject({ finding: 'new' })
  expect(firstBroken([past])).toEqual({ finding: 'old', step: 'mcp', fault: 'client', past: true })
})

test.each([
  ['error', 'error', true],
  ['warning', 'error', false],
  ['warning', 'warning', true],
  ['info', 'warning', false],
  ['warning', 'info', true],
  ['info', 'info', false],
] as const)('%s as the cause of %s: %s', (severity, effect, causes) => {
  const all = [placed('one', 0, { severity }), placed('two', 1, { severity: effect })]
  const [, two] = linkCauses(all, rules({ 'a/one': ['a/two'] }))
  expect(two!.finding.causedBy).toBe(causes ? 'one' : null)
})

test('a weakness is the first broken step only where no error breaks a login', () => {
  const weak = { ...placed('weak', 0), weakness: true }
  expect(firstBroken([weak, placed('broken', 1)])).toMatchObject({ finding: 'broken' })
  expect(firstBroken([weak])).toMatchObject({ finding: 'weak' })
})

test('of several causes the nearest is named, and what breaks a login before a weakness', () => {
  const explains = rules({
    'a/one': ['a/two', 'a/three'],
    'a/two': ['a/three'],
    'a/weak': ['a/three'],
  })
  const all = [placed('one', 0), placed('two', 1), placed('three', 2)]
  expect(causes(linkCauses(all, explains))).toEqual([null, 'one', 'two'])
  const weak = { ...placed('weak', 0), weakness: true }
  expect(causes(linkCauses([weak, placed('two', 1), placed('three', 2)], explains))).toEqual([
    null,
    null,
    'two',
  ])
})
