import { describe, expect, test } from 'vitest'
import { back, cycle, open, openView, sideways } from '../../../src/tui/command/opening.ts'
import { checklistRows } from '../../../src/tui/model/checklist.ts'
import { staged } from '../fixtures/stage.ts'

test('a view opens with nothing over it', () => {
  const { ui } = staged()
  Object.assign(ui.state, { detail: { tab: 'curl' }, overlays: [{ kind: 'log' }], zoom: true })
  openView(ui, 'flow')
  expect(ui.state).toMatchObject({ view: 'flow', detail: undefined, overlays: [], zoom: false })
})

describe('what opens', () => {
  test('is the response of what is selected; the request, while there is none', () => {
    const { ui } = staged()
    open(ui)
    expect(ui.state.detail).toEqual({ tab: 'response' })
    const [{ response: _, endedAt: __, ...going }] = [staged().model.held.get('1')!.exchange]
    const other = staged([going])
    open(other.ui)
    expect(other.ui.state.detail).toEqual({ tab: 'request' })
  })

  test.each([
    ['audience/other-audience', 0, '6', 'token'],
    ['audience/other-audience', 1, '6', 'request'],
    ['scope/not-asked', 0, '5', 'request'],
    ['bearer/token-refused', 0, '7', 'response'],
  ])('of %s, evidence %i, is exchange %s at its %s', (key, evidence, exchange, tab) => {
    const { ui } = staged()
    Object.assign(ui.state, { view: 'findings', finding: key, evidence })
    ui.state.focus.findings = 'finding'
    open(ui)
    expect([ui.selected?.id, ui.state.detail?.tab]).toEqual([exchange, tab])
  })

  test('of an item is the exchange that shows it; where there is none, that is said', () => {
    const { ui, model, said } = staged()
    const place = (exchange: string | undefined) =>
      checklistRows(model).findIndex((row) => 'item' in row && row.item.exchange === exchange)
    Object.assign(ui.state, { view: 'checklist', item: place(undefined) })
    open(ui)
    expect([ui.state.detail, said()]).toEqual([undefined, 'There is nothing to open yet.'])
    ui.state.item = place('6')
    open(ui)
    expect([ui.selected?.id, ui.state.detail?.tab]).toEqual(['6', 'response'])
  })

  test('of the small panes beside the list is the view that they are of', () => {
    const { ui } = staged()
    for (const pane of ['findings', 'checklist'] as const) {
      openView(ui, 'live')
      ui.state.focus.live = pane
      open(ui)
      expect(ui.state.view).toBe(pane)
    }
  })

  test('is nothing where there is nothing', () => {
    const { ui } = staged([])
    open(ui)
    expect(ui.state.detail).toBeUndefined()
  })
})

test('going back closes one thing after the other, and never quits', () => {
  const { ui, done } = staged()
  Object.assign(ui.state, {
    view: 'flow',
    zoom: true,
    filter: 'kind:token',
    filterProblem: 'x',
    search: 'needle',
    detail: { tab: 'curl' },
    overlays: [{ kind: 'log' }, { kind: 'help', pane: 'list' }],
  })
  ui.state.focus.live = 'findings'
  const left = () => {
    const { overlays, detail, zoom, filter, search, view, focus } = ui.state
    return [overlays.length, detail && 'detail', zoom && 'zoom', filter, search, view, focus.live]
      .filter(Boolean)
      .join(' ')
  }
  const steps = Array.from({ length: 9 }, () => (back(ui), left()))
  expect(steps).toEqual([
    '1 detail zoom kind:token needle flow findings',
    'detail zoom kind:token needle flow findings',
    'zoom kind:token needle flow findings',
    'kind:token needle flow findings',
    'needle flow findings',
    'flow findings',
    'live findings',
    'live list',
    'live list',
  ])
  expect(ui.state.filterProblem).toBeUndefined()
  expect(done).toEqual([])
  expect(ui.state.message?.text).toBe('Q quits.')
})

describe('sideways', () => {
  test('is the next tab where an exchange is open, round and round', () => {
    const { stage, ui } = staged()
    ui.state.detail = { tab: 'checks' }
    const tabs = [1, 1, 1, -1].map((by) => {
      ui.state.tops.detail = 9
      sideways(stage, by as 1)
      return [ui.state.detail!.tab, ui.state.tops.detail]
    })
    expect(tabs).toEqual([
      ['curl', undefined],
      ['request', undefined],
      ['response', undefined],
      ['request', undefined],
    ])
  })

  test('is the next pane otherwise, those that are seen, or all where one is alone', () => {
    const { stage, ui } = staged()
    const panes = Array.from({ length: 4 }, () => (cycle(stage, 1), ui.state.focus.live))
    expect(new Set(panes)).toEqual(new Set(['list', 'preview', 'findings', 'checklist']))
    const focused = ui.state.focus.live
    ui.state.zoom = true
    cycle(stage, -1)
    expect(ui.state.focus.live).not.toBe(focused)
    ui.state.overlays.push({ kind: 'log' })
    const under = ui.state.focus.live
    cycle(stage, 1)
    expect(ui.state.focus.live).toBe(under)
  })
})
