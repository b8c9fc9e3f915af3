import { expect, test } from 'vitest'

interface Outcome {
  readonly passed: boolean
  readonly checks: readonly { readonly id: string; readonly status: string }[]
}

const module: string = new URL('comparison.mjs', import.meta.url).href
const { differences, verdict } = (await import(module)) as {
  differences(direct: Outcome, through: Outcome): string[]
  verdict(outcome: Outcome): string
}

const success = { id: 'pkce', status: 'SUCCESS' }
const failure = { id: 'pkce', status: 'FAILURE' }
const request = { id: 'incoming-request', status: 'INFO' }

test('two runs with the same checks in another order do not differ', () => {
  const direct = { passed: true, checks: [success, request, request] }
  const through = { passed: true, checks: [request, success, request] }
  expect(differences(direct, through)).toEqual([])
})

test('a check that came to another status is a difference in both statuses', () => {
  const direct = { passed: true, checks: [success] }
  const through = { passed: true, checks: [failure] }
  expect(differences(direct, through)).toEqual(['pkce SUCCESS 1→0', 'pkce FAILURE 0→1'])
})

test('one request more is a difference, although every check passes', () => {
  const direct = { passed: true, checks: [success, request] }
  const through = { passed: true, checks: [success, request, request] }
  expect(differences(direct, through)).toEqual(['incoming-request INFO 1→2'])
})

test('another verdict of the suite over the same checks is a difference', () => {
  const direct = { passed: true, checks: [success] }
  const through = { passed: false, checks: [success] }
  expect(differences(direct, through)).toEqual(['verdict pass 1/1→FAIL 1/1'])
})

test('a verdict counts what was decided, not what was noted', () => {
  expect(verdict({ passed: false, checks: [success, failure, request] })).toBe('FAIL 1/2')
})
