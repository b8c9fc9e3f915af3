import { expect, test } from 'vitest'
import { back, open, openView } from '../../../src/tui/command/opening.ts'
import { beginAnew, showOnlyBroken } from '../../../src/tui/command/perform.ts'
import { drawFlows } from '../../../src/tui/view/flows.ts'
import { panesOf } from '../../../src/tui/view/screen.ts'
import { actions } from '../../../src/tui/command/actions.ts'
import { severalLogins } from '../fixtures/flows.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'
import { drawn, told } from '../fixtures/told.ts'

const lines = ({ scene }: ReturnType<typeof told>, columns: number, rows = 8) =>
  drawn(columns, rows, (frame) => drawFlows(frame, scene, 0))

/** Two logins that failed, and the first two steps of a third. */
const logins = () => severalLogins(3).slice(0, 16)

test('a flow is a line: when it began, how it ended, and which step broke first, by what', () => {
  const [head, first, second, third] = lines(told(logins()), 78)
  expect(head).toMatch(/fl began +client +outcome +what broke first$/)
  expect(first).toMatch(/^✗ +1 \d\d:\d\d:\d\d .*✗ broken +#6 token · aud https:\/\/api/)
  expect(second).toMatch(/^✗ +2 \d\d:\d\d:\d\d .*✗ broken +#13 token · aud/)
  expect(third).toMatch(/^ +3 \d\d:\d\d:\d\d .*◐ under way +last: #16 \S+$/)
})

test('with more room it says whose it is, how many calls there were, and to which server', () => {
  const wide = lines(told(logins()), 198)[1]
  expect(wide).toMatch(/ 2 +mcp\.example\/mcp +#6 token · AUTH SERVER · aud is https:/)
  expect(lines(told(logins()), 40)[1]).toMatch(/^✗ +1 ✗ broken +#6/)
})

test('it stands before the flow where there are several, and is left out where there is one', () => {
  const one = staged(failedLogin())
  openView(one.ui, 'flow')
  expect(one.ui.pane).toBe('steps')
  const { ui } = staged(logins())
  openView(ui, 'flow')
  expect(ui.pane).toBe('flows')
  open(ui)
  expect(ui.pane).toBe('steps')
  back(ui)
  expect(ui.pane).toBe('flows')
  back(ui)
  expect(ui.state.view).toBe('live')
})

test('the pane that has the keys is on the screen at every size, with the flow below the list where there is room', () => {
  const { ui, scene } = staged(logins())
  openView(ui, 'flow')
  const panes = (columns: number, rows: number) =>
    Object.keys(panesOf({ ...scene, size: { columns, rows } }, actions)).join(' ')
  expect(panes(120, 40)).toBe('flows steps')
  expect(panes(80, 24)).toBe('flows steps')
  expect(panes(80, 20)).toBe('flows')
  open(ui)
  expect(panes(120, 40)).toBe('flows steps')
  expect(panes(80, 24)).toBe('steps')
})

test('only those that broke are left, and the cursor is on one of them', () => {
  const { ui } = staged(logins())
  openView(ui, 'flow')
  ui.select('16')
  expect(ui.flowsListed.map(({ flow }) => flow.id)).toEqual(['w1', 'w2', 'w3'])
  showOnlyBroken(ui)
  expect(ui.flowsListed.map(({ flow }) => flow.id)).toEqual(['w1', 'w2'])
  expect([ui.flow, ui.selected?.id]).toEqual(['w1', '6'])
  showOnlyBroken(ui)
  expect(ui.flowsListed).toHaveLength(3)
})

test('flows of before a new attempt stay, in the background', () => {
  const session = staged(logins())
  beginAnew(session.stage)
  session.take(...severalLogins(4).slice(21))
  const listed = session.ui.flowsListed.map(({ flow, isCurrent }) => [flow.id, isCurrent])
  expect(listed).toEqual([
    ['w1', false],
    ['w2', false],
    ['w3', false],
    ['w4', true],
  ])
})

test('where there is none, that is said', () => {
  expect(lines(told([]), 60)[1]).toBe(' No flow yet.')
  const session = told(logins().slice(14))
  session.ui.state.onlyBroken = true
  expect(lines(session, 60)[1]).toBe(' No flow broke.')
})
