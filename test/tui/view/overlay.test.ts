import { beforeAll, describe, expect, test } from 'vitest'
import { actions } from '../../../src/tui/command/actions.ts'
import { helpFor } from '../../../src/tui/command/help.ts'
import { ask, menu, openPrompt } from '../../../src/tui/model/layers.ts'
import { Surface } from '../../../src/tui/term/frame.ts'
import { type Line, textOf } from '../../../src/tui/view/line.ts'
import {
  drawChoices,
  drawPage,
  drawPalette,
  helpPage,
  logPage,
  paletteChoices,
  placeOverlay,
} from '../../../src/tui/view/overlay.ts'
import { expectGolden, expectGoldenPage } from '../fixtures/painted.ts'
import { drawn, told } from '../fixtures/told.ts'

beforeAll(() => {
  process.env['TZ'] = 'UTC'
})

const choices = [
  { key: 'y', label: 'clear' },
  { key: 'n', label: 'keep' },
]

test('help, log, menus, questions and the palette look as they should', async () => {
  const { scene, ui, model } = told()
  await expectGoldenPage('help', { ...scene, help: helpFor(ui) }, helpPage)
  model.say('error', 'It did not work.', 0)
  model.say('info', 'word '.repeat(40), 61_000)
  await expectGoldenPage('log', scene, logPage)
  ask(ui, 'Clear the list?', ['7 exchanges leave the list. What was found stays.'], choices)
  const over = ui.topOverlay!
  await expectGolden('question', scene, (frame, scene) =>
    drawChoices(frame.within(placeOverlay(over, scene, 0)), over as never, scene),
  )
  openPrompt(ui, 'palette', 'fl')
  await expectGolden('palette', scene, (frame, { theme }) =>
    drawPalette(frame, paletteChoices(actions, 'fl'), { state: ui.state, theme }, 0),
  )
})

test('help has a heading a section, each key beside what it does', () => {
  const { scene } = told()
  const help = [
    { section: 'One', shown: 'a', text: 'does this' },
    { section: 'One', shown: 'b', text: 'does that' },
    { section: 'Two', shown: 'Shift-drag', text: 'word '.repeat(20).trim() },
  ]
  expect(helpPage({ ...scene, help }, 60).map(textOf)).toEqual([
    ' One',
    '   a           does this',
    '   b           does that',
    '',
    ' Two',
    '   Shift-drag  word word word word word word word word word',
    '               word word word word word word word word word',
    '               word word',
  ])
})

test('an empty log says so', () => {
  expect(logPage(told().scene, 80).map(textOf)).toEqual([' Nothing so far.'])
})

describe('the palette', () => {
  const named = (typed: string) => paletteChoices(actions, typed).map(({ action }) => action)

  test('holds everything while nothing is typed, and nothing that lacks a letter', () => {
    expect(named('')).toEqual(actions.map(({ action }) => action))
    expect(named('zzzz')).toEqual([])
  })

  test('puts what has the letters close together first; case and blanks do not matter', () => {
    expect(named('curl')[0]).toBe('curl')
    expect(named('C URL')).toEqual(named('curl'))
    expect(named('quit')[0]).toMatch(/^quit/)
  })

  test('keeps the chosen one in sight, and the cursor behind what is typed', () => {
    const { ui, scene } = told()
    openPrompt(ui, 'palette', 'ab')
    ui.state.choice = 7
    const surface = new Surface({ columns: 60, rows: 5, colours: 'mono', ascii: false })
    drawPalette(surface.frame(), actions, { state: ui.state, theme: scene.theme }, 4)
    expect(surface.cursor).toEqual({ x: 3, y: 0 })
    const inverse = surface.sgr(scene.theme.selected)
    const rows = [1, 2, 3, 4].filter((y) => surface.styles[y * 60] === inverse)
    expect(rows).toEqual([4])
  })
})

describe('an overlay lies', () => {
  test.each([
    [80, 24],
    [40, 8],
    [200, 60],
  ])('within %i×%i, below tabs and verdict', (columns, rows) => {
    const { scene, ui } = told()
    menu(
      ui,
      'Copy',
      Array.from({ length: 30 }, (_, n) => ({ key: String(n), label: 'x' })),
    )
    const overlays = [
      { kind: 'help', pane: 'list' } as const,
      { kind: 'log' } as const,
      { kind: 'diff', left: '1', right: '2' } as const,
      ui.topOverlay!,
      { kind: 'question', title: '', lines: ['word '.repeat(100)], choices } as const,
      'palette' as const,
    ]
    for (const overlay of overlays) {
      const place = placeOverlay(overlay, { ...scene, size: { columns, rows } }, 100)
      expect(place.x).toBeGreaterThanOrEqual(0)
      expect(place.y).toBeGreaterThanOrEqual(2)
      expect(place.x + place.columns).toBeLessThanOrEqual(columns)
      expect(place.y + place.rows).toBeLessThanOrEqual(rows)
    }
  })

  test('with room for its choices and what is asked above them', () => {
    const { scene } = told()
    const question = { kind: 'question', title: '', lines: ['Once?', 'Twice?'], choices } as const
    expect(placeOverlay(question, scene, 0).rows).toBe(2 + 1 + 2 + 2)
    expect(drawn(40, 5, (frame) => drawChoices(frame, question, scene))).toEqual([
      ' Once?',
      ' Twice?',
      '',
      ' y  clear',
      ' n  keep',
    ])
  })
})

test('of a page only what fits is drawn, from the line that it was scrolled to', () => {
  const { scene } = told()
  const lines = Array.from({ length: 40 }, (_, n) => [{ text: `line ${n}` }])
  const seen = (top: number) => drawn(20, 3, (frame) => drawPage(frame, lines, top, scene))
  expect(seen(30)).toEqual(['line 30', 'line 31', expect.stringMatching(/^line 32 +█$/)])
  expect(seen(38)).toEqual(['line 38', 'line 39', expect.stringMatching(/^ +█$/)])
})

test('of a page no other line is looked at than those that are seen, however many there are', () => {
  const { scene } = told()
  const looked: number[] = []
  const lines = new Proxy<Line[]>([], {
    get(_, name) {
      if (name === 'length') return 1_000_000
      looked.push(Number(name))
      return [{ text: 'line' }]
    },
  })
  drawn(100, 20, (frame) => drawPage(frame, lines, 500, scene))
  expect(looked).toEqual(Array.from({ length: 20 }, (_, n) => 500 + n))
})
