import { describe, expect, test } from 'vitest'
import type { Row } from '../../../src/tui/model/rows.ts'
import { themes } from '../../../src/tui/term/theme.ts'
import { clock } from '../../../src/tui/model/rows.ts'
import { drawList, duration } from '../../../src/tui/view/list.ts'
import type { Scene } from '../../../src/tui/view/scene.ts'
import { failedLogin, unanswered } from '../fixtures/login.ts'
import { drawn, told } from '../fixtures/told.ts'

const session = told()
const list = (columns: number, rows = 8, top = 0) =>
  drawn(columns, rows, (frame) => drawList(frame, session.scene, top))

describe('a row of the list', () => {
  const time = clock(session.model.row('6')!.startedAt)

  test.each([
    [120, `     6 ${time} 1  AS  login.example            token     POST /token`],
    [80, `     6 ${time} 1  AS  token     POST /token`],
    [60, `     6 ${time} 1  AS  POST /token`],
    [52, `     6 1  AS  POST /token`],
    [47, `     6 AS  POST /token`],
  ])('has at %i columns what there is room for', (columns, text) => {
    expect(list(columns)[6]).toContain(text.replace(/^ +/, ''))
    expect(list(columns)[6]).toMatch(/ 200 +100 ✗1$/)
  })

  test('says little, but where and what came back, when there is next to no room', () => {
    expect(list(30)[6]).toMatch(/6 AS {2}POST \/t\S* +200$/)
  })

  test('has signs for errors, warnings, what is marked and what was sent again', () => {
    const { ui } = session
    expect(list(80)[5]).toMatch(/ 302 +100 ▲1$/)
    expect(list(80)[1]).toMatch(/ 401 +100$/)
    ui.state.marked.add('2')
    expect(list(80)[2]).toMatch(/^● /)
    ui.state.marked.clear()
  })

  test('shortens the query, and says that there is one', () => {
    expect(list(120)[5]).toContain('/authorize?response_')
    expect(list(120)[5]).not.toContain('code_challenge_method')
  })
})

test('from the row that is asked for, as many as there is room for', () => {
  expect(list(80, 3, 4).map((line) => line.trim().split(' ')[0])).toEqual(['#', '5', '6'])
})

test.each([
  [undefined, '…'],
  [0.4, '0'],
  [9999, '9999'],
  [10_000, '10s'],
  [599_000, '599s'],
  [600_000, '10m'],
])('%s milliseconds are shown as %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})

test('of the list only the rows that are seen are looked at, however many there are', () => {
  const looked: number[] = []
  const row = { id: '1', index: 0, startedAt: 0, flow: 'w1', role: 'MCP', kind: 'mcp' } as const
  const at = (place: number) => {
    looked.push(place)
    return { ...row, method: 'GET', url: 'https://mcp.example/', ok: true, summary: '' } as Row
  }
  const ui = {
    listing: { length: 1_000_000, at },
    model: { rows: { length: 1_000_000 }, weight: () => ({ error: 0, warning: 0 }) },
    state: { marked: new Set(), resent: new Set() },
  }
  drawn(100, 20, (frame) => drawList(frame, { ui, theme: themes.mono } as unknown as Scene, 500))
  // One row is the heads of the columns.
  expect(looked).toEqual(Array.from({ length: 19 }, (_, n) => 500 + n))
})

test('a request without an answer is in the list, with a clock that runs', () => {
  const { scene } = told([unanswered(failedLogin()[0]!)])
  const at = (now: number) => drawn(80, 4, (frame) => drawList(frame, { ...scene, now }, 0))[1]
  const { startedAt } = failedLogin()[0]!
  expect(at(startedAt + 21_400)).toMatch(/ 1 .* mcp .* … +21 s$/)
  expect(at(startedAt + 22_400)).toMatch(/ 22 s$/)
})
