import { describe, expect, test } from 'vitest'
import type { Holding } from '../../../src/core/intercept/holding.ts'
import { Holds } from '../../../src/core/intercept/holds.ts'
import { actions } from '../../../src/tui/command/actions.ts'
import { everyKey, helpFor, hintsFor } from '../../../src/tui/command/help.ts'
import { openView } from '../../../src/tui/command/opening.ts'
import { Ui } from '../../../src/tui/model/state.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'

const words = ({ ui }: ReturnType<typeof staged>) => hintsFor(ui).map(({ text }) => text)

describe('hints', () => {
  test('begin with help, how to quit and what opens, then what works in this pane alone', () => {
    const session = staged()
    openView(session.ui, 'findings')
    expect(words(session).slice(0, 5)).toEqual(['help', 'quit', 'open', 'sort', 'spec'])
  })

  test('name nothing that would do nothing', () => {
    const useless = ['open', 'filter', 'search', 'pause', 'next finding', 'spec', 'diff']
    expect(words(staged([])).filter((word) => useless.includes(word))).toEqual([])
    const fine = words(staged(failedLogin().slice(0, 2)))
    expect(fine).not.toContain('next finding')
    expect(fine).toContain('pause')
    expect(words(staged(undefined, { capture: 'x.har' }))).not.toContain('pause')
  })

  test('name what compares once something is marked', () => {
    const session = staged()
    expect(words(session)).not.toContain('diff')
    session.ui.state.marked.add('1')
    expect(words(session)).toContain('diff')
  })

  test('name what can be done about what is held, to who can do it', () => {
    const { ui } = staged()
    const wordsFor = (one: Ui) => hintsFor(one).map(({ text }) => text)
    const ofHeld = ['let go', 'change', 'answer', 'cut']
    const desk = { holds: new Holds() } as Holding
    const own = new Ui(ui.model, 'mono', { keys: actions, holding: desk })
    expect(wordsFor(own)).not.toContain('let go')
    ui.model.onHold.add('6')
    expect(wordsFor(own)).toEqual(expect.arrayContaining(ofHeld))
    expect(wordsFor(ui).filter((word) => ofHeld.includes(word))).toEqual([])
  })

  test('name the other flows where there are some, and the next tab in an exchange', () => {
    const session = staged()
    openView(session.ui, 'flow')
    expect(words(session)).not.toContain('next flow')
    const two = staged([
      ...failedLogin(),
      ...failedLogin('two').map((one) => ({ ...one, id: `b${one.id}` })),
    ])
    openView(two.ui, 'flow')
    expect(words(two)).toEqual(expect.arrayContaining(['next flow', 'previous flow']))
    session.ui.state.detail = { tab: 'request' }
    expect(words(session)).toEqual(expect.arrayContaining(['next tab', 'next']))
  })

  test('of what lies over a view are its own', () => {
    const { ui } = staged()
    ui.state.overlays.push({ kind: 'log' })
    expect(hintsFor(ui)).toEqual([
      { shown: 'esc', text: 'close', section: '', action: 'back' },
      { shown: '/', text: 'search', section: '', action: 'search' },
    ])
  })
})

test('help has every key once, those of the pane that was in use first', () => {
  const { ui } = staged()
  openView(ui, 'flow')
  ui.state.overlays.push({ kind: 'help', pane: ui.pane })
  const lines = helpFor(ui)
  expect(lines.slice(0, 2).map(({ text }) => text)).toContain('mark, or remove the mark')
  const sorted = (list: readonly { readonly text: string; readonly shown: string }[]) =>
    list.map(({ shown, text }) => `${shown} ${text}`).toSorted()
  expect(sorted(lines)).toEqual(sorted(everyKey(actions)))
  expect(lines.some(({ shown }) => shown === '')).toBe(false)
})
