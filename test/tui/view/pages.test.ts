import { describe, expect, test } from 'vitest'
import { ask, menu } from '../../../src/tui/model/layers.ts'
import { extentOf, pageOf } from '../../../src/tui/view/pages.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { expectGolden } from '../fixtures/painted.ts'
import { told } from '../fixtures/told.ts'
import { drawPage } from '../../../src/tui/view/overlay.ts'

const place = { x: 0, y: 2, columns: 80, rows: 12 }

const first = (session: ReturnType<typeof told>, pane: Parameters<typeof pageOf>[0]) => {
  const page = pageOf(pane, place, session.scene)
  return page === undefined ? undefined : textOf(page[0] ?? [])
}

test('what is there before anything has come looks as it should', async () => {
  const { scene } = told([])
  await expectGolden('welcome', scene, (frame, scene) =>
    drawPage(frame, pageOf('list', { ...place, columns: frame.columns + 2 }, scene)!, 0, scene),
  )
})

describe('a pane is a page', () => {
  test('of the open tab, of the preview, of the finding, of the help and the log', () => {
    const session = told()
    session.ui.select('6')
    expect(first(session, 'preview')).toMatch(/^ HTTP\/1\.1 200/)
    expect(first(session, 'detail')).toMatch(/^ ✗ AUTH SERVER/)
    session.ui.state.detail = { tab: 'curl' }
    expect(first(session, 'detail')).toMatch(/^ CODE=''/)
    expect(first(session, 'finding')).toContain('The access token is for another audience')
    expect(first(session, 'log')).toBe(' Nothing so far.')
  })

  test('of what differs only while that is on top', () => {
    const session = told()
    expect(pageOf('diff', place, session.scene)).toEqual([])
    session.ui.state.overlays.push({ kind: 'diff', left: '1', right: '7' })
    expect(first(session, 'diff')).toMatch(/^ - #1/)
  })

  test('or a list, once there is something to list', () => {
    expect(first(told([]), 'list')).toBe(' Point the client at this URL')
    for (const pane of [
      'list',
      'findings',
      'rules',
      'steps',
      'items',
      'checklist',
      'menu',
    ] as const)
      expect(first(told(), pane)).toBeUndefined()
  })

  test('made anew when it is looked at otherwise, or when something was found', () => {
    const { scene, ui, model, tell } = told()
    const page = () => pageOf('preview', place, scene)
    const before = page()
    expect(page()).toBe(before)
    for (const change of ['wrap', 'raw', 'revealed'] as const) {
      ui.state[change] = !ui.state[change]
      expect(page()).not.toBe(before)
      ui.state[change] = !ui.state[change]
    }
    const [finding] = [...model.findings.values()]
    tell([{ type: 'finding', finding: { ...finding!, id: 'another' } }])
    expect(page()).not.toBe(before)
  })
})

describe('the extent', () => {
  test('of a page is its lines, without a cursor', () => {
    const { scene } = told()
    const { total, seen, cursor } = extentOf('preview', place, scene)
    expect({ total, seen, cursor }).toEqual({
      total: pageOf('preview', place, scene)!.length,
      seen: 10,
      cursor: undefined,
    })
  })

  test('of the list lacks the row of its heads, and its cursor is on what is selected', () => {
    const { scene, ui } = told()
    expect(extentOf('list', place, scene)).toEqual({ total: 7, seen: 9, cursor: 6 })
    ui.select('3')
    expect(extentOf('list', place, scene).cursor).toBe(2)
    expect(extentOf('list', { ...place, rows: 2 }, scene).seen).toBe(1)
  })

  test('of the findings counts how high each is drawn', () => {
    const { scene, ui } = told()
    expect(extentOf('findings', place, scene)).toEqual({ total: 3, seen: 10, cursor: 0 })
    expect(extentOf('findings', { ...place, columns: 40 }, scene).seen).toBe(5)
    expect(extentOf('findings', { ...place, columns: 40, rows: 15 }, scene).seen).toBe(4)
    ui.state.finding = 'scope/not-asked'
    expect(extentOf('rules', place, scene)).toEqual({ total: 3, seen: 10, cursor: 2 })
  })

  test('of the steps is as many as fit with the one that has the cursor', () => {
    const { scene, ui } = told()
    ui.select('4')
    expect(extentOf('steps', place, scene)).toEqual({ total: 7, seen: 4, cursor: 3 })
    expect(extentOf('steps', { ...place, columns: 50 }, scene)).toMatchObject({
      seen: 4,
      cursor: 3,
    })
    expect(extentOf('steps', { ...place, columns: 50, rows: 5 }, scene).seen).toBe(3)
    expect(extentOf('steps', place, told([]).scene)).toEqual({ total: 0, seen: 1, cursor: 0 })
  })

  test('of a menu or question is its choices', () => {
    const { scene, ui } = told()
    expect(extentOf('menu', place, scene)).toEqual({ total: 0, seen: 0, cursor: 0 })
    menu(ui, 'Copy', [
      { key: 'a', label: 'a' },
      { key: 'b', label: 'b' },
    ])
    expect(extentOf('menu', place, scene)).toEqual({ total: 2, seen: 2, cursor: 0 })
    ask(
      ui,
      'Sure?',
      [],
      [
        { key: 'y', label: 'y' },
        { key: 'n', label: 'n' },
      ],
    )
    expect(extentOf('question', place, scene)).toEqual({ total: 2, seen: 2, cursor: 1 })
    expect(extentOf('palette', place, scene)).toEqual({ total: 0, seen: 10, cursor: undefined })
  })
})
