import { expect, test } from 'vitest'
import type { Row } from '../../../src/tui/model/rows.ts'
import { Surface } from '../../../src/tui/term/frame.ts'
import { themes } from '../../../src/tui/term/theme.ts'
import type { Line } from '../../../src/tui/view/line.ts'
import { drawList } from '../../../src/tui/view/list.ts'
import { drawPage } from '../../../src/tui/view/overlay.ts'
import { pageOf } from '../../../src/tui/view/pages.ts'
import type { Scene } from '../../../src/tui/view/scene.ts'

const million = 1_000_000
const rows = 20

function frame() {
  return new Surface({ columns: 100, rows, colours: 'mono', ascii: false }).frame()
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

test('of a page only the lines that are seen are looked at, however many there are', () => {
  const looked: number[] = []
  const lines = new Proxy<Line[]>([], {
    get(_, name) {
      if (name === 'length') return million
      looked.push(Number(name))
      return [{ text: 'line' }]
    },
  })
  drawPage(frame(), lines, 500, { theme: themes.mono } as Scene)
  expect(looked).toEqual(numbers(500, rows))
})

test('of the list only the rows that are seen are looked at, however many there are', () => {
  const looked: number[] = []
  const row = { id: '1', index: 0, startedAt: 0, flow: 'w1', role: 'MCP', kind: 'mcp' } as const
  const at = (place: number) => {
    looked.push(place)
    return { ...row, method: 'GET', url: 'https://mcp.example/', ok: true, summary: '' } as Row
  }
  const ui = {
    listing: { length: million, at },
    model: { rows: { length: million }, weight: () => ({ error: 0, warning: 0 }) },
    state: { marked: new Set(), resent: new Set() },
  }
  drawList(frame(), { ui, theme: themes.mono } as unknown as Scene, 500)
  // One row is the heads of the columns.
  expect(looked).toEqual(numbers(500, rows - 1))
})

test('a page is not made anew while what it shows is the same', () => {
  const ui = {
    selected: undefined,
    groups: [],
    model: { held: new Map(), findingsVersion: 1 },
    state: { detail: { tab: 'response' }, wrap: true, raw: false, revealed: false },
  }
  const scene = { ui, theme: themes.mono } as unknown as Scene
  const page = () => pageOf('detail', { x: 0, y: 0, columns: 80, rows }, scene)
  expect(page()).toBe(page())
})
