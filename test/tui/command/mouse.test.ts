import { describe, expect, test } from 'vitest'
import { click, turnWheel } from '../../../src/tui/command/mouse.ts'
import { staged } from '../fixtures/stage.ts'

describe('a click', () => {
  test('selects; where it was selected and in use before, it opens', () => {
    const { ui, stage } = staged()
    ui.state.focus.live = 'findings'
    expect(click(ui, 'list', 2, stage.extent('list'))).toBe(false)
    expect([ui.state.focus.live, ui.selected?.id]).toEqual(['list', '3'])
    expect(click(ui, 'list', 2, stage.extent('list'))).toBe(true)
    expect(click(ui, 'list', 3, stage.extent('list'))).toBe(false)
  })

  test('on a pane that was not in use gives it the keys, and opens nothing', () => {
    const { ui, stage } = staged()
    ui.select('3')
    ui.state.focus.live = 'preview'
    expect(click(ui, 'list', 2, stage.extent('list'))).toBe(false)
  })

  test('below the last item, or on a page, selects nothing', () => {
    const { ui, stage } = staged()
    ui.select('3')
    for (const place of [undefined, 7, 99])
      expect(click(ui, 'list', place, stage.extent('list'))).toBe(false)
    expect(click(ui, 'preview', 0, stage.extent('preview'))).toBe(false)
    expect([ui.selected?.id, ui.state.focus.live]).toEqual(['3', 'preview'])
  })

  test('on what lies over a view leaves the pane below as it was', () => {
    const { ui } = staged()
    ui.state.overlays.push({ kind: 'menu', title: '', choices: [{ key: 'a', label: 'a' }] })
    expect(click(ui, 'menu', 0, { total: 1, seen: 1, cursor: 0 })).toBe(true)
    expect(ui.state.focus.live).toBe('list')
  })
})

test('a notch of the wheel is three lines, up or down', () => {
  const { ui } = staged()
  const page = { total: 100, seen: 10, cursor: undefined }
  const tops = [1, 2, -1].map((notches) => (turnWheel(ui, 'log', notches, page), ui.state.tops.log))
  expect(tops).toEqual([3, 9, 6])
})
