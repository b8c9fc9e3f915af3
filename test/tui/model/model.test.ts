import { describe, expect, test } from 'vitest'
import { statusText } from '../../../src/tui/model/rows.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const rowsOf = ({ model }: ReturnType<typeof told>) =>
  Array.from({ length: model.rows.length }, (_, index) => model.rows.at(index)!)

describe('the rows of a login', () => {
  test('say who was asked what, and what came back', () => {
    const rows = rowsOf(told()).map((row) => [row.id, row.role, row.kind, statusText(row), row.ok])
    expect(rows).toEqual([
      ['1', 'MCP', 'challenge', '401', true],
      ['2', 'MCP', 'resource-metadata', '200', true],
      ['3', 'AS', 'server-metadata', '200', true],
      ['4', 'AS', 'registration', '201', true],
      ['5', 'AS', 'authorize', '302', true],
      ['6', 'AS', 'token', '200', true],
      ['7', 'MCP', 'challenge', '401', false],
    ])
  })

  test('an exchange that comes again stands where it stood', () => {
    const session = told(failedLogin().slice(0, 2))
    const [first] = failedLogin()
    const { response: _, endedAt: __, ...begun } = first!
    session.take(begun)
    expect(session.model.rows.length).toBe(2)
    expect(statusText(session.model.row('1')!)).toBe('…')
  })

  test('the newest of a kind is found, of several kinds the newest of all', () => {
    const { model } = told()
    expect(model.last('challenge')?.id).toBe('7')
    expect(model.last('authorize', 'token')?.id).toBe('6')
    expect(model.last('revocation')).toBeUndefined()
    expect([model.has('token'), model.has('revocation')]).toEqual([true, false])
  })
})

test('failed exchanges are counted once, and no more when they turn out well', () => {
  const { model, take } = told()
  expect(model.failed).toBe(1)
  const last = failedLogin().at(-1)!
  take(last)
  expect(model.failed).toBe(1)
  take({ ...last, response: { ...last.response!, status: 202, headers: [] } })
  expect(model.failed).toBe(0)
})

describe('findings', () => {
  test('weigh on the exchanges that show them', () => {
    const { model } = told()
    expect(['1', '5', '6', '7'].map((id) => model.weight(id))).toEqual([
      { error: 0, warning: 0 },
      { error: 0, warning: 1 },
      { error: 1, warning: 0 },
      { error: 1, warning: 0 },
    ])
  })

  test('that are withdrawn weigh no more, and views know that something changed', () => {
    const { model, tell } = told()
    const before = model.findingsVersion
    const { id } = model.findingsAt('5')[0]!
    tell([{ type: 'finding-withdrawn', 'finding-withdrawn': { id } }])
    expect(model.weight('5')).toEqual({ error: 0, warning: 0 })
    expect(model.findingsVersion).toBeGreaterThan(before)
  })
})

test('a rule that throws is told in the log, with the time of the newest exchange', () => {
  const { model, tell } = told()
  tell([{ type: 'rule-crashed', 'rule-crashed': { rule: 'a/b', message: 'oh', flow: 'w1' } }])
  expect(model.log).toEqual([
    { at: model.row('7')!.startedAt, level: 'error', text: 'The rule a/b crashed: oh' },
  ])
})

test('the log keeps the newest thousand lines', () => {
  const { model } = told([])
  for (let n = 1; n <= 1005; n++) model.say('info', `line ${n}`, n)
  expect([model.log.length, model.log[0]?.text]).toEqual([1000, 'line 6'])
})

test('cleared of its exchanges it still knows what was judged', () => {
  const { model } = told()
  model.clear()
  expect([model.rows.length, model.failed, model.held.size]).toEqual([0, 0, 0])
  expect(model.has('token')).toBe(false)
  expect(model.findings.size).toBe(3)
  expect(model.flows.size).toBe(1)
})
