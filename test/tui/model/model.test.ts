import { describe, expect, test } from 'vitest'
import { type Event, callEvents, callOf } from '../../../src/core/verdict/event.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
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

test('the client of a flow is called what it calls itself, and a flow begins with its first row', () => {
  const [first, ...rest] = failedLogin()
  const text = '{"method":"initialize","params":{"clientInfo":{"name":"editor","version":"2.1"}}}'
  const body = { bytes: Buffer.from(text), dropped: 0 }
  const { model } = told([{ ...first!, request: { ...first!.request, body } }, ...rest])
  expect(model.clients.get('w1')).toBe('editor 2.1')
  expect(['1', '2'].map((id) => model.begins(model.row(id)!))).toEqual([true, false])
})

test('the log keeps the newest thousand lines', () => {
  const { model } = told([])
  for (let n = 1; n <= 1005; n++) model.say('info', `line ${n}`, n)
  expect([model.log.length, model.log[0]?.text]).toEqual([1000, 'line 6'])
})

test('cleared of its exchanges it still knows what was judged', () => {
  const { model } = told()
  model.clear()
  expect([model.rows.length, model.held.size]).toEqual([0, 0])
  expect(model.has('token')).toBe(false)
  expect(model.findings.size).toBe(3)
  expect(model.flows.size).toBe(1)
})

test('calls that are like one before them are listed as if each had been told as an exchange', () => {
  const [first] = failedLogin()
  const like = (n: number): Exchange => ({ ...first!, id: `c${n}`, startedAt: n, endedAt: 3 * n })
  const step = { kind: 'mcp', summary: 'tools/call add', ok: true } as const
  const model = { exchange: like(1), step, flow: 'w2' }
  const newest = { ...callOf(like(4)), exchange: like(4) }
  const calls = { model, calls: [callOf(like(2)), callOf(like(3)), newest] }
  const seen = (events: readonly Event[]) => {
    const session = told()
    session.tell(events)
    const rows = rowsOf(session).map((row) => ({
      ...row,
      begins: session.model.begins(row),
      held: session.model.held.get(row.id),
    }))
    return { rows, last: session.model.last('mcp')?.id }
  }
  const each = [...callEvents(calls)].map((exchange) => ({ type: 'exchange' as const, exchange }))
  expect(seen([{ type: 'calls', calls }])).toEqual(seen(each))
})
