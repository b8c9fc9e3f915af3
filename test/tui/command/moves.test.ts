import { describe, expect, test } from 'vitest'
import {
  alignView,
  changeFlow,
  jump,
  move,
  moveEvidence,
  moveTo,
} from '../../../src/tui/command/moves.ts'
import { openView } from '../../../src/tui/command/opening.ts'
import { checklistRows } from '../../../src/tui/model/checklist.ts'
import { severalLogins } from '../fixtures/flows.ts'
import { staged } from '../fixtures/stage.ts'

describe('a page', () => {
  const scrolled = (from: number, how: Parameters<typeof move>[2], total = 30) => {
    const { ui } = staged()
    ui.state.tops.log = from
    move(ui, 'log', how, { total, seen: 10, cursor: undefined })
    return ui.state.tops.log
  }

  test('scrolls by lines and, but for one line, by what is seen', () => {
    expect(scrolled(5, 'down')).toBe(6)
    expect(scrolled(5, 'up')).toBe(4)
    expect(scrolled(5, 'pageDown')).toBe(14)
    expect(scrolled(15, 'pageUp')).toBe(6)
  })

  test('never scrolls beyond its ends, also where it is shorter than its pane', () => {
    expect(scrolled(0, 'up')).toBe(0)
    expect(scrolled(20, 'down')).toBe(20)
    expect(scrolled(3, 'last')).toBe(20)
    expect(scrolled(0, 'last', 5)).toBe(0)
  })
})

describe('a cursor', () => {
  test('in the list of flows takes the step that broke along, also where its exchanges left the list', () => {
    const { ui, model, stage } = staged(severalLogins(3))
    openView(ui, 'flow')
    const visited = [0, 1, 2].map((place) => (moveTo(ui, 'flows', place), ui.selected?.id))
    expect(visited).toEqual(['6', '13', '20'])
    model.clear()
    moveTo(ui, 'flows', 1)
    expect([ui.flow, stage.extent('flows').cursor]).toEqual(['w2', 1])
  })

  test('stays on what there is', () => {
    const { ui } = staged()
    ui.select('1')
    move(ui, 'list', 'up', { total: 7, seen: 5, cursor: 0 })
    expect(ui.selected?.id).toBe('1')
    move(ui, 'list', 'pageDown', { total: 7, seen: 5, cursor: 0 })
    expect(ui.selected?.id).toBe('5')
    move(ui, 'list', 'down', { total: 7, seen: 5, cursor: 6 })
    expect(ui.selected?.id).toBe('7')
  })

  test('at the end of the list follows what comes, unless the list is paused', () => {
    const { ui } = staged()
    const last = () => {
      ui.select('1')
      move(ui, 'list', 'last', { total: 7, seen: 5, cursor: 0 })
      return ui.state.follow
    }
    expect(last()).toBe(true)
    ui.listing.pausedAt = 7
    expect(last()).toBe(false)
  })

  test('selects the exchange that the thing is about, in every pane', () => {
    const { ui, model } = staged()
    moveTo(ui, 'steps', 2)
    expect(ui.selected?.id).toBe('3')
    moveTo(ui, 'rules', 2)
    expect([ui.group?.key, ui.selected?.id]).toEqual(['scope/not-asked', '5'])
    const item = checklistRows(model).findIndex((row) => 'item' in row && row.item.exchange === '6')
    moveTo(ui, 'items', item)
    expect([ui.state.item, ui.selected?.id]).toEqual([item, '6'])
    moveTo(ui, 'rules', 99)
    expect(ui.group?.key).toBe('scope/not-asked')
  })
})

test('evidence is gone through from end to end', () => {
  const { ui } = staged()
  const at = (by: number) => (moveEvidence(ui, by), ui.state.evidence)
  expect([at(1), at(1), at(-1), at(-1)]).toEqual([1, 1, 0, 0])
  expect(ui.selected?.id).toBe('6')
})

test('a jump goes to the next that is wanted, and nowhere when there is none', () => {
  const { ui } = staged()
  ui.select('3')
  expect(jump(ui, 1, (id) => id === '3')).toBe(false)
  expect(jump(ui, -1, (id) => id < '3')).toBe(true)
  expect(ui.selected?.id).toBe('2')
  expect(changeFlow(ui, 1)).toBe(false)
})

describe('a view that opens', () => {
  test('shows the finding that the selected exchange is evidence of', () => {
    const { ui } = staged()
    ui.state.view = 'findings'
    ui.select('7')
    alignView(ui)
    expect(ui.group?.key).toBe('bearer/token-refused')
    ui.select('2')
    alignView(ui)
    expect(ui.group?.key).toBe('bearer/token-refused')
  })

  test('stays on the first finding where nobody has chosen an exchange', () => {
    const { ui } = staged()
    ui.state.view = 'findings'
    alignView(ui)
    expect(ui.group?.key).toBe('audience/other-audience')
  })

  test('shows the item of the checklist that the exchange decides', () => {
    const { ui, model } = staged()
    ui.state.view = 'checklist'
    ui.select('6')
    alignView(ui)
    expect(checklistRows(model)[ui.state.item]).toMatchObject({ item: { exchange: '6' } })
  })
})
