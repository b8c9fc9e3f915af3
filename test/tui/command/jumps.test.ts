import { describe, expect, test } from 'vitest'
import { goToBroken, compare, find, mark, neighbour, to } from '../../../src/tui/command/jumps.ts'
import { moveTo } from '../../../src/tui/command/moves.ts'
import { openView } from '../../../src/tui/command/opening.ts'
import { severalLogins } from '../fixtures/flows.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'

const twoLogins = () => [
  ...failedLogin(),
  ...failedLogin('two').map((one) => ({ ...one, id: `b${one.id}` })),
]

describe('the neighbour', () => {
  test('is another flow, at what broke in it, as long as no exchange is open', () => {
    const { ui, said } = staged(twoLogins())
    ui.select('b1')
    neighbour(ui, -1)
    expect([ui.flow, ui.selected?.id]).toEqual([ui.model.row('1')!.flow, '6'])
    neighbour(ui, -1)
    expect(said()).toBe('There is no further flow in that direction.')
    expect(ui.selected?.id).toBe('6')
  })

  test('is another exchange where one is open, from its top', () => {
    const { ui, said } = staged()
    ui.select('2')
    Object.assign(ui.state, { detail: { tab: 'request' }, tops: { detail: 5 } })
    neighbour(ui, -1)
    expect([ui.selected?.id, ui.state.tops.detail]).toEqual(['1', undefined])
    neighbour(ui, -1)
    expect([ui.selected?.id, said()]).toEqual([
      '1',
      'There is no further exchange in that direction.',
    ])
  })
})

describe('going on', () => {
  test('to what is at fault leaves out what follows from it or proves it, and after the last comes the first', () => {
    const { ui } = staged()
    ui.select('1')
    const visited = [1, 1, 1, 1].map((by) => (to(ui, by as 1, 'finding'), ui.selected?.id))
    expect(visited).toEqual(['5', '6', '5', '6'])
    to(ui, -1, 'finding')
    expect(ui.selected?.id).toBe('5')
  })

  test('to marks, and where there is none it is said how to make one', () => {
    const { ui, said } = staged()
    to(ui, 1, 'mark')
    expect(said()).toBe('No exchange is marked: m marks one.')
    for (const id of ['2', '4']) {
      ui.select(id)
      mark(ui)
    }
    to(ui, 1, 'mark')
    expect(ui.selected?.id).toBe('2')
    mark(ui)
    expect([...ui.state.marked]).toEqual(['4'])
  })

  test('to findings says so where nothing was found', () => {
    const { ui, said } = staged(failedLogin().slice(0, 2))
    to(ui, 1, 'finding')
    expect(said()).toBe('No exchange is at fault.')
  })
})

describe('comparing', () => {
  const compared = (marks: readonly string[], selected: string) => {
    const { ui, stage, said } = staged()
    for (const id of marks) {
      ui.select(id)
      mark(ui)
    }
    ui.select(selected)
    compare(stage)
    return ui.topOverlay ?? said()
  }

  test('takes what is marked and of the same kind, else the newest that is marked', () => {
    expect(compared(['1', '3'], '7')).toEqual({ kind: 'diff', left: '1', right: '7' })
    expect(compared(['2', '3'], '7')).toEqual({ kind: 'diff', left: '3', right: '7' })
  })

  test('says what to do where there is nothing to compare with', () => {
    expect(compared([], '7')).toBe(
      'Mark an exchange with m, select another, then d compares the two.',
    )
    expect(compared(['7'], '7')).toBe(
      'This exchange is marked. Select another, then d compares the two.',
    )
    const { stage, said } = staged([])
    compare(stage)
    expect(said()).toBe('No exchange is selected.')
  })

  test('in the list of flows takes the marked one and the one that the cursor is on', () => {
    const { ui, stage, said, done } = staged(severalLogins(2))
    openView(ui, 'flow')
    compare(stage)
    expect(said()).toBe('Mark a flow with m, go to another, then d compares the two.')
    mark(ui)
    moveTo(ui, 'flows', 1)
    compare(stage)
    expect(done).toEqual([['compare', { a: 'w1', b: 'w2' }]])
  })

  test('of two captures compares all, as long as nothing is marked', () => {
    const { ui, stage, done } = staged(undefined, { capture: 'a.har, b.har', hasTwo: true })
    compare(stage)
    expect(done).toEqual([['compare', 'captures']])
    ui.select('1')
    mark(ui)
    ui.select('7')
    compare(stage)
    expect(ui.topOverlay).toEqual({ kind: 'diff', left: '1', right: '7' })
  })
})

describe('finding text', () => {
  test('puts the line that has it on top of a page, and goes round', () => {
    const { stage, ui } = staged()
    ui.state.overlays.push({ kind: 'log' })
    for (let at = 0; at < 100; at++) ui.model.say('info', at % 40 === 7 ? 'Needle' : 'hay', at)
    ui.state.search = 'needle'
    const tops = [1, 1, 1, 1, -1].map((by) => (find(stage, by as 1), ui.state.tops.log))
    const last = stage.extent('log').total - stage.extent('log').seen
    expect(tops).toEqual([7, 47, last, 7, last])
  })

  test('says when nothing is searched, or it is nowhere', () => {
    const { stage, ui, said } = staged()
    find(stage, 1)
    expect(said()).toBe('There is no search yet: / searches.')
    ui.state.overlays.push({ kind: 'log' })
    ui.model.say('info', 'hay', 0)
    ui.state.search = 'needle'
    find(stage, 1)
    expect(said()).toBe('needle is not in this pane.')
  })
})

describe('to what broke first', () => {
  test('goes from anywhere, and opens where the evidence stands', () => {
    const { ui } = staged()
    ui.state.view = 'checklist'
    ui.state.overlays = [{ kind: 'log' }]
    goToBroken(ui)
    expect(ui.selected?.id).toBe('6')
    expect(ui.state).toMatchObject({ detail: { tab: 'token' }, overlays: [] })
    expect(ui.state.finding).toBe('audience/other-audience')
  })

  test('says so where nothing is broken', () => {
    const { ui, said } = staged(failedLogin().slice(0, 2))
    goToBroken(ui)
    expect(said()).toBe('Nothing is broken so far.')
  })
})
