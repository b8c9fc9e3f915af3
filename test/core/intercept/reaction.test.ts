import { expect, test } from 'vitest'
import type { Fault } from '../../../src/core/intercept/fault.ts'
import {
  clientReaction,
  expectedReaction,
  type SeenStep,
  serverReaction,
} from '../../../src/core/intercept/reaction.ts'

const fault: Fault = {
  id: 'family/name',
  title: 'something',
  breaks: 'authorization-server',
  on: 'callback',
  side: 'request',
  rule: 'token/error-response',
  spec: [],
  expected: 'It stops.',
  forbids: ['token', 'mcp'],
  act: () => undefined,
}
const tolerant: Fault = { ...fault, forbids: [] }

function step(id: string, kind: SeenStep['kind'], more: Partial<SeenStep> = {}): SeenStep {
  return { id, kind, ok: true, status: 200, hasToken: false, faults: [], ...more }
}

const hit = step('2', 'callback', { faults: ['family/name'] })
const ended = { code: 1, isSatisfied: false }

test.each([
  ['not reached', fault, [step('1', 'authorize')], ended],
  ['fooled', fault, [hit, step('3', 'token', { ok: false, status: 400 })], ended],
  ['refused', fault, [step('1', 'token'), hit, step('3', 'mcp')], ended],
  ['recovered', tolerant, [hit, step('3', 'mcp', { hasToken: true })], ended],
  ['stuck', tolerant, [hit], { code: undefined, isSatisfied: false }],
  ['refused', { ...tolerant, waits: true }, [hit], { code: undefined, isSatisfied: false }],
  ['stuck', tolerant, [hit], { code: 0, isSatisfied: false }],
  ['stuck', tolerant, [hit, ...'3456'.split('').map((id) => step(id, 'authorize'))], ended],
] as const)('a client is %s', (reaction, one, seen, end) => {
  expect(clientReaction(one, seen, end).reaction).toBe(reaction)
})

test.each([
  ['refused', 400],
  ['fooled', 200],
  ['stuck', 500],
  ['stuck', undefined],
] as const)('a server is %s that answers %s', (reaction, status) => {
  expect(serverReaction(fault, [{ ...hit, status }]).reaction).toBe(reaction)
})

test('a server may serve what it may serve', () => {
  const lenient: Fault = { ...fault, breaks: 'client', mayPass: true }
  expect(serverReaction(lenient, [hit]).reaction).toBe('recovered')
  expect(serverReaction(lenient, []).reaction).toBe('not reached')
  expect(expectedReaction(lenient)).toBe('refused or recovered')
  expect(expectedReaction(fault)).toBe('refused')
})

test('a token that was got by a fault and is refused when it is used fools nobody', () => {
  const got = { ...hit, kind: 'token' } as const
  const use = (status: number) => step('3', 'mcp', { hasToken: true, ok: status === 200, status })
  expect(serverReaction(fault, [got, use(401)])).toMatchObject({
    reaction: 'refused',
    because: 'the token of #2 was refused at #3 (401)',
  })
  expect(serverReaction(fault, [got, use(401), use(200)]).reaction).toBe('fooled')
})

test('what is allowed has to be taken', () => {
  const { rule: _rule, ...allowed } = fault
  expect(expectedReaction(allowed)).toBe('recovered')
})
