import { describe, expect, test } from 'vitest'
import type { Row } from '../../../src/tui/model/rows.ts'
import { themes } from '../../../src/tui/term/theme.ts'
import { clock } from '../../../src/tui/model/rows.ts'
import { drawList, duration } from '../../../src/tui/view/list.ts'
import type { Scene } from '../../../src/tui/view/scene.ts'
import { failedLogin, unanswered } from '../fixtures/login.ts'
import { drawn, told } from '../fixtures/told.ts'

const session = told()
const list = (columns: number, rows = 10, top = 0) =>
  drawn(columns, rows, (frame) => drawList(frame, session.scene, top))
const rowOf = (id: string, columns: number) =>
  list(columns).find((line) => line.slice(2, 7).trim() === id)

describe('a row of the list', () => {
  const time = clock(session.model.row('6')!.startedAt)

  test.each([
    [118, ` ✗   6 ${time} token     code → access token (60 min)  aud https://api.example `],
    [80, ` ✗   6 ${time} token     code → access …  aud https://api.example `],
    [60, ` ✗   6 token     code → acce…  aud https://ap…`],
    [42, ` ✗   6 code → access token`],
  ])(
    'says at %i columns what the step is, what is wrong with it, and its status',
    (columns, text) => {
      expect(rowOf('6', columns)).toContain(text)
      expect(rowOf('6', columns)).toMatch(/ 200 {2,}100$/)
    },
  )

  test('where there is next to no room, what it is and what came back', () => {
    expect(rowOf('6', 30)).toMatch(/^ ✗ {3}6 code → acc.* +200$/)
  })

  test('tells what is at fault from what follows from it, what proves it, and the rest', () => {
    const signs = list(80)
      .slice(2, 9)
      .map((line) => line[1])
    expect(signs).toEqual([' ', ' ', ' ', ' ', '▲', '✗', '↳'])
    expect(rowOf('7', 80)).toContain('initialize  follows from #6')
    // A remark is whole or not there.
    expect(rowOf('2', 60)).not.toContain('(evi')
  })

  test('has a sign for what is marked', () => {
    session.ui.state.marked.add('2')
    expect(rowOf('2', 80)).toMatch(/^● {4}2/)
    session.ui.state.marked.clear()
  })

  test('says where it went only where there is room for it', () => {
    expect(rowOf('5', 140)).toContain(' GET login.example/authorize?… ')
    expect(rowOf('5', 100)).not.toContain('login.example')
  })
})

test('a flow has a line above its first row, which says whose it is and how it stands', () => {
  expect(list(60)[1]).toMatch(/^── flow 1 · ✗ broken ─{20,}$/)
})

test('from the row that is asked for, as many as there is room for; the cursor is always seen', () => {
  const numbers = (rows: number, top: number) =>
    list(80, rows, top).map((line) =>
      line
        .trim()
        .split(/ +/)
        .find((word) => /^\d+$|^#$/.test(word)),
    )
  // Whose flow the first row is stays on top.
  expect(numbers(4, 4)).toEqual(['#', '1', '6', '7'])
  expect(list(80, 4, 4)[1]).toContain('── flow 1')
  session.ui.select('2')
  // The line of the flow takes one row.
  expect(numbers(3, 0)).toEqual(['#', '1', '2'])
  session.ui.state.follow = true
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
    return { ...row, method: 'GET', url: 'https://mcp.example/', ok: true, what: 'x' } as Row
  }
  const ui = {
    listing: { length: 1_000_000, at },
    model: { flows: new Map(), begins: () => false },
    parts: { of: () => undefined },
    state: { marked: new Set(), resent: new Set() },
  }
  drawn(100, 20, (frame) => drawList(frame, { ui, theme: themes.mono } as unknown as Scene, 500))
  // One row is the heads of the columns; the last one says how wide the ids are.
  expect(looked).toEqual([...Array.from({ length: 19 }, (_, n) => 500 + n), 999_999])
})

test('ids are whole, also where the last one is the shortest', () => {
  const renamed = failedLogin().map((one) => ({
    ...one,
    id: one.id === '7' ? '2.1' : `1.${one.id}1`,
  }))
  const { scene } = told(renamed)
  const lines = drawn(60, 12, (frame) => drawList(frame, scene, 0)).join('\n')
  for (const { id } of renamed) expect(lines).toContain(` ${id} `)
})

test('a request without an answer is in the list, with a clock that runs', () => {
  const { scene } = told([unanswered(failedLogin()[0]!)])
  const at = (now: number) => drawn(80, 4, (frame) => drawList(frame, { ...scene, now }, 0))[2]
  const { startedAt } = failedLogin()[0]!
  expect(at(startedAt + 21_400)).toMatch(/ 1 .* mcp +initialize +no answer yet +◐ +21 s$/)
  expect(at(startedAt + 22_400)).toMatch(/ 22 s$/)
})
