import { describe, expect, test } from 'vitest'
import {
  askToClear,
  browseSpec,
  choose,
  follow,
  moveIn,
  nextTheme,
  openLog,
  openOrChoose,
  pause,
  perform,
  quit,
  sortOtherwise,
  switchMouse,
  toggleHelp,
} from '../../../src/tui/command/perform.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'

function answer({ ui }: ReturnType<typeof staged>, key: string): void {
  const over = ui.topOverlay
  choose(ui, over?.kind === 'question' ? over.choices.find((one) => one.key === key) : undefined)
}

test('what was said before is over once something is done', () => {
  const { stage, ui, said } = staged()
  ui.state.message = { text: 'old', level: 'info' }
  perform(() => expect(said()).toBeUndefined(), stage)
  perform(({ ui }) => void (ui.state.message = { text: 'new', level: 'info' }), stage)
  expect(said()).toBe('new')
})

describe('quitting', () => {
  test('asks only where something would be lost', () => {
    const session = staged()
    quit(session.stage)
    expect(session.done).toEqual([['quit', false]])
    expect(session.ui.topOverlay).toBeUndefined()
  })

  test('does what is answered, and stays where nothing is', () => {
    const unsaved = () => {
      const session = staged(undefined, { unsaved: 3 })
      quit(session.stage)
      return session
    }
    expect(unsaved().ui.topOverlay).toMatchObject({
      lines: ['3 exchanges would be lost: nothing has saved them.'],
    })
    const [all, saving, staying, hasty] = [unsaved(), unsaved(), unsaved(), unsaved()]
    answer(all, 'y')
    expect(all.done).toEqual([['quit', false]])
    answer(saving, 's')
    expect(saving.ui.state.prompt).toMatchObject({ kind: 'path', saves: 'har' })
    answer(staying, 'n')
    // Enter takes what the cursor is on: the one that does no harm.
    openOrChoose(hasty.stage)
    expect([staying.done, hasty.done]).toEqual([[], []])
    expect(hasty.ui.topOverlay).toBeUndefined()
  })
})

describe('clearing', () => {
  test('takes the exchanges away and keeps what was found', () => {
    const session = staged()
    const { ui, model } = session
    ui.select('3')
    ui.state.detail = { tab: 'curl' }
    askToClear(ui)
    answer(session, 'y')
    expect([model.rows.length, model.findings.size]).toEqual([0, 3])
    expect(ui.state).toMatchObject({ selected: undefined, follow: true, detail: undefined })
  })

  test('is left alone unless it is said', () => {
    const session = staged()
    askToClear(session.ui)
    openOrChoose(session.stage)
    expect(session.model.rows.length).toBe(7)
  })
})

describe('pausing', () => {
  test('holds the list as it is; going on does not run away from what is read', () => {
    const { ui, take } = staged(failedLogin().slice(0, 3))
    pause(ui)
    take(...failedLogin().slice(3))
    expect([ui.listing.length, ui.listing.pausedAt]).toEqual([3, 3])
    follow(ui)
    expect(ui.state.follow).toBe(false)
    ui.select('2')
    pause(ui)
    expect([ui.listing.length, ui.state.follow, ui.selected?.id]).toEqual([7, false, '2'])
    follow(ui)
    expect([ui.state.follow, ui.selected?.id]).toEqual([true, '7'])
    follow(ui)
    expect([ui.state.follow, ui.selected?.id]).toEqual([false, '7'])
  })

  test('who followed the newest goes on with it, unless something else is looked at', () => {
    const { ui, take } = staged(failedLogin().slice(0, 3))
    pause(ui)
    take(...failedLogin().slice(3))
    pause(ui)
    expect([ui.state.follow, ui.selected?.id]).toEqual([true, '7'])
  })

  test('of a capture is nothing', () => {
    const { ui, said } = staged(undefined, { capture: 'x.har' })
    pause(ui)
    expect([ui.listing.pausedAt, said()]).toEqual([
      undefined,
      'This is a capture: no traffic comes in.',
    ])
  })
})

describe('the specification', () => {
  const browsed = (id: string, view: 'live' | 'findings', finding?: string) => {
    const { stage, ui, done } = staged()
    ui.select(id)
    Object.assign(ui.state, { view, finding })
    browseSpec(stage)
    return done[0]?.[1]
  }

  test('that opens is of the finding that is looked at', () => {
    expect(browsed('6', 'live')).toContain('rfc8707')
    expect(browsed('7', 'live')).toContain('rfc6750')
    expect(browsed('7', 'findings', 'scope/not-asked')).toContain('rfc6749')
  })

  test('is none where nothing was found', () => {
    const { stage, done, said } = staged([])
    browseSpec(stage)
    expect([done, said()]).toEqual([[], 'No finding here has a link.'])
  })
})

test('help opens once, for the pane that was in use, and the log at its end', () => {
  const { stage, ui } = staged()
  toggleHelp(stage)
  expect(ui.topOverlay).toEqual({ kind: 'help', pane: 'list' })
  toggleHelp(stage)
  expect(ui.topOverlay).toBeUndefined()
  openLog(ui)
  expect(ui.state.tops.log).toBe(Infinity)
})

test('up and down go through the evidence of a finding that is open', () => {
  const { stage, ui } = staged()
  Object.assign(ui.state, { view: 'findings' })
  ui.state.focus.findings = 'finding'
  moveIn(stage, 'down')
  expect(ui.state.evidence).toBe(1)
  moveIn(stage, 'up')
  expect(ui.state.evidence).toBe(0)
})

test('orders, looks and the mouse go round', () => {
  const { stage, ui, done } = staged()
  expect([1, 2, 3].map(() => (sortOtherwise(ui), ui.state.order))).toEqual([
    'count',
    'time',
    'severity',
  ])
  expect([1, 2, 3].map(() => (nextTheme(stage), ui.state.theme))).toEqual(['dark', 'light', 'mono'])
  switchMouse(stage)
  switchMouse(stage)
  expect(done).toEqual([
    ['mouse', false],
    ['mouse', true],
  ])
})
