import { expect, test } from 'vitest'
import { brokenBy, flowSteps } from '../../../src/tui/model/flow.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const stepsOf = ({ model }: ReturnType<typeof told>) => flowSteps(model, model.flows.get('w1')!)

test('each step goes from who asks to who answers', () => {
  expect(stepsOf(told()).map(({ exchange, from, to }) => `${exchange} ${from}→${to}`)).toEqual([
    '1 client→server',
    '2 client→server',
    '3 client→issuer',
    '4 client→issuer',
    '5 browser→issuer',
    '6 client→issuer',
    '7 client→server',
  ])
})

test('the flow broke at one step, and other faults stand where they are anchored', () => {
  const steps = stepsOf(told())
  expect(
    steps.filter(({ broken }) => broken !== undefined).map(({ exchange }) => exchange),
  ).toEqual(['6'])
  const found = steps.map(({ exchange, findings }) => [exchange, findings.map(({ rule }) => rule)])
  expect(found.filter(([, rules]) => rules!.length > 0)).toEqual([
    ['5', ['scope/not-asked']],
    ['6', ['audience/other-audience']],
    ['7', ['bearer/token-refused']],
  ])
})

test('without a report it is the earliest error without a cause, and none of authtap’s own', () => {
  const { model, tell } = told()
  const cause = brokenBy(model, 'w1')!
  model.report = undefined
  expect(brokenBy(model, 'w1')?.rule).toBe('audience/other-audience')
  expect(brokenBy(model, 'w2')).toBeUndefined()
  const earlier = { ...cause, id: 'own', evidence: [{ ...cause.evidence[0]!, exchange: '1' }] }
  tell([{ type: 'finding', finding: { ...earlier, fault: 'authtap' } }])
  expect(brokenBy(model, 'w1')?.id).toBe(cause.id)
  tell([{ type: 'finding', finding: { ...earlier, fault: 'client' } }])
  expect(brokenBy(model, 'w1')?.id).toBe('own')
})

test('a step whose exchange was cleared away is still told of', () => {
  const session = told(failedLogin().slice(0, 2))
  session.model.clear()
  expect(stepsOf(session).map(({ exchange, row }) => [exchange, row])).toEqual([
    ['1', undefined],
    ['2', undefined],
  ])
})
