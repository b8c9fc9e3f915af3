import { describe, expect, test } from 'vitest'
import type { ViewName } from '../../../src/tui/model/state.ts'
import type { Rect } from '../../../src/tui/term/frame.ts'
import { layout, overlayPlace, roomOf, smallest } from '../../../src/tui/view/layout.ts'

const views: readonly ViewName[] = ['live', 'flow', 'findings', 'checklist']
const some = { findings: 3, exchanges: 7, flows: 1 }

function panes(view: ViewName, columns: number, rows: number, many = some) {
  return layout(view, { columns, rows }, undefined, many)
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.columns && b.x < a.x + a.columns && a.y < b.y + b.rows && b.y < a.y + a.rows
}

test.each(views)('the panes of %s fill the screen at every size, and never overlap', (view) => {
  fills(view, some)
})

test('so do those of several flows', () => {
  fills('flow', { ...some, flows: 9 })
})

function fills(view: ViewName, many: typeof some): void {
  for (let columns = smallest.columns; columns <= 200; columns += 5)
    for (let rows = smallest.rows; rows <= 60; rows++) {
      const places = Object.values(panes(view, columns, rows, many))
      const at = `${columns}×${rows}`
      const area = places.reduce((sum, place) => sum + place.columns * place.rows, 0)
      expect(area, at).toBe(columns * (rows - 3))
      for (const [place, one] of places.entries()) {
        expect(one.y, at).toBeGreaterThanOrEqual(2)
        expect(one.y + one.rows, at).toBeLessThan(rows)
        expect(
          places.slice(place + 1).some((other) => overlap(one, other)),
          at,
        ).toBe(false)
        expect(roomOf(one), at).toBeGreaterThan(0)
      }
    }
}

describe('what there is room for', () => {
  const names = (view: ViewName, columns: number, rows: number, many = some) =>
    Object.keys(panes(view, columns, rows, many)).join(' ')

  test.each([
    ['live', 109, 19, 'list'],
    ['live', 109, 20, 'list findings'],
    ['live', 110, 13, 'list findings'],
    ['live', 110, 14, 'list findings checklist'],
    ['live', 110, 33, 'list findings checklist'],
    ['live', 110, 34, 'list preview findings checklist'],
    ['live', 170, 23, 'list findings checklist'],
    ['live', 170, 24, 'list preview findings checklist'],
    ['flow', 169, 40, 'steps'],
    ['flow', 170, 40, 'steps preview'],
    ['findings', 75, 13, 'rules'],
    ['findings', 75, 14, 'rules finding'],
    ['findings', 76, 13, 'rules'],
    ['checklist', 200, 60, 'items'],
  ] as const)('in %s at %i×%i: %s', (view, columns, rows, expected) => {
    expect(names(view, columns, rows)).toBe(expected)
  })

  test('before anything has come, the list has the screen for itself, so that what is copied is whole', () => {
    const none = { findings: 0, exchanges: 0, flows: 0 }
    expect(names('live', 80, 24, none)).toBe('list')
    expect(names('live', 120, 40, none)).toBe('list')
  })
})

test('above a flow lies the list of flows, where there are several and there is room for both', () => {
  const names = (columns: number, rows: number, flows: number) =>
    Object.keys(panes('flow', columns, rows, { ...some, flows })).join(' ')
  expect(names(120, 40, 1)).toBe('steps')
  expect(names(120, 40, 2)).toBe('flows steps')
  expect(names(80, 24, 2)).toBe('flows steps')
  expect(names(120, 23, 2)).toBe('steps')
  expect(names(200, 60, 2)).toBe('flows steps preview')
  expect(panes('flow', 120, 40, { ...some, flows: 500 }).flows!.rows).toBe(14)
})

test('the strip grows with the findings, up to where it would take the list its room', () => {
  const strip = (findings: number, rows: number) =>
    panes('live', 80, rows, { findings, exchanges: 1, flows: 1 }).findings!.rows
  expect([0, 1, 2, 3, 4, 50].map((findings) => strip(findings, 24))).toEqual([3, 7, 8, 9, 9, 9])
  expect([0, 1, 4, 50].map((findings) => strip(findings, 23))).toEqual([3, 3, 6, 6])
})

test('a pane that is zoomed is alone', () => {
  const zoomed = layout('live', { columns: 120, rows: 40 }, 'preview', some)
  expect(zoomed).toEqual({ preview: { x: 0, y: 2, columns: 120, rows: 37 } })
})

test('an overlay lies in the middle, and is cut to what the screen has', () => {
  expect(overlayPlace({ columns: 80, rows: 24 }, 10, 40)).toEqual({
    x: 20,
    y: 7,
    columns: 40,
    rows: 10,
  })
  expect(overlayPlace({ columns: 40, rows: 8 }, 100, 100)).toEqual({
    x: 1,
    y: 2,
    columns: 38,
    rows: 4,
  })
})

test('of a pane the border shows nothing', () => {
  expect(roomOf({ x: 0, y: 0, columns: 10, rows: 5 })).toBe(3)
  expect(roomOf({ x: 0, y: 0, columns: 10, rows: 1 })).toBe(0)
  expect(roomOf(undefined)).toBe(0)
})
