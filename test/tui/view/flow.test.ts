import { expect, test } from 'vitest'
import { openView } from '../../../src/tui/command/opening.ts'
import {
  drawFlow,
  flowPlaces,
  flowTitle,
  sinceFirst,
  stepRows,
} from '../../../src/tui/view/flow.ts'
import { failedLogin } from '../fixtures/login.ts'
import { drawn, told } from '../fixtures/told.ts'

const flow = ({ scene }: ReturnType<typeof told>, columns: number, rows: number, top = 0) =>
  drawn(columns, rows, (frame) => drawFlow(frame, scene, top))

test('a step is an arrow between who asks and who answers, with its time, what it is, and the answer', () => {
  const lines = flow(told(failedLogin().slice(0, 3)), 100, 6)
  expect(lines[0]).toMatch(/Browser +Client +MCP server +Auth server$/)
  expect(lines[1]).toMatch(/#1 +\+0\.00 +│ +├─ initialize ─+▶│ 401 +│$/)
  // What is too long for the arrow stands behind it.
  expect(lines[2]).toMatch(/#2 +\+1\.00 +│ +├─ \S+ ─+▶│ 200 resource https:\/\/mcp\.example/)
  expect(lines[3]).toMatch(/#3 +\+2\.00 +│ +├─ issuer https:\/\/login\.example ─+▶│ 200$/)
  expect(lines[4]).toMatch(/^ +│ +│ +│ +│$/)
})

test('where it broke stands whose it is, what is wrong, and how to mend it; what follows says so', () => {
  const text = flow(told(), 100, 24).join(' ').replaceAll(/\s+/g, ' ')
  expect(text).toMatch(
    /✗ #6 .*╰─ AUTH SERVER: aud is https:\/\/api\.example, must be https:\/\/mcp\.example\/mcp fix: Put the resource/,
  )
  expect(text).toMatch(/#7 .*╰─ follows from #6/)
})

test('what is said of a break hangs below its head, and is whole as far as there is room', () => {
  const lines = flow(told(), 100, 24).filter((line) => /^ {16}(╰─| {3})/.test(line))
  expect(lines[1]).toMatch(/^ {19}fix: Put the resource/)
  expect(lines[0]).toMatch(/^ {16}╰─ AUTH SERVER: aud is /)
})

test('without room for lanes a step is a line', () => {
  const lines = flow(told(), 50, 12)
  expect(lines[0]).toMatch(/^ {2}#1 +\+0\.00 Clien→MCP +initialize 401$/)
  expect(lines[5]).toMatch(/^✗ #6 +\+5\.00 Clien→AuthS +code → .* 200$/)
})

test('what was not captured leaves a gap, and so does a long pause', () => {
  const seen = failedLogin().filter(({ id }) => id !== '5')
  const [last] = seen.splice(-1)
  const later = {
    startedAt: last!.startedAt + 4 * 3_600_000,
    endedAt: last!.startedAt + 14_400_100,
  }
  const text = flow(told([...seen, { ...last!, ...later }]), 100, 24).join('\n')
  expect(text).toMatch(/┄ ┄ browser leg not captured ┄ ┄\n.*#6/)
  expect(text).toMatch(/┄ ┄ 4 h pass ┄ ┄\n.*#7/)
})

test('a step takes the rows that it is drawn on', () => {
  const places = flowPlaces(told().scene, 100)
  expect(places.map(stepRows)).toEqual([1, 1, 1, 1, 1, 1 + places[5]!.reason.length, 2])
})

test('it opens on the broken step', () => {
  const session = told()
  openView(session.ui, 'flow')
  expect(session.ui.selected?.id).toBe('6')
})

test('the title says which flow it is, how it ended and what it is about', () => {
  expect(flowTitle(told([]).scene)).toBe('Flow')
  expect(flowTitle(told().scene)).toBe(
    'Flow 1 · ✗ broken · https://mcp.example/mcp · client client-one',
  )
  expect(flow(told([]), 78, 2)[0]).toContain('No flow yet')
})

test.each([
  [undefined, ''],
  [0, '+0.00'],
  [12_345, '+12.35'],
  [600_000, '+10 min'],
  [14_400_000, '+4 h'],
])('%s milliseconds after the first step are shown as %s', (milliseconds, text) => {
  expect(sinceFirst(milliseconds)).toBe(text)
})
