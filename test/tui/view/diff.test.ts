import { beforeAll, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { diffPage } from '../../../src/tui/view/diff.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { failedLogin } from '../fixtures/login.ts'
import { expectGoldenPage } from '../fixtures/painted.ts'
import { told } from '../fixtures/told.ts'

beforeAll(() => {
  process.env['TZ'] = 'UTC'
})

const over = { kind: 'diff', left: '1', right: '2' } as const

/** Two calls that differ in this alone. */
function two(left: Partial<Exchange['request']>, right: Partial<Exchange['request']>) {
  const [call] = failedLogin()
  const with_ = (id: string, change: Partial<Exchange['request']>): Exchange => ({
    ...call!,
    id,
    request: { ...call!.request, ...change },
  })
  return told([with_('1', left), with_('2', right)])
}

const body = (text: string) => ({
  headers: [['content-type', 'text/plain']] as const,
  body: { bytes: Buffer.from(text), dropped: 0 },
})

function page({ scene }: ReturnType<typeof told>, columns = 100): string[] {
  return diffPage(over, scene, columns).map(textOf)
}

test('what differs looks as it should', async () => {
  const { scene } = told()
  await expectGoldenPage('diff', scene, (scene, columns) =>
    diffPage({ kind: 'diff', left: '1', right: '7' }, scene, columns),
  )
})

test('the marked one is on the left, and both are named', () => {
  const lines = page(told())
  expect(lines[0]).toMatch(
    /^ - #1 POST https:\/\/mcp\.example\/mcp → 401 {2}\d\d:\d\d:\d\d\.?\d* +marked$/,
  )
  expect(lines[1]).toMatch(/^ \+ #2 GET https:\S+ → 200 .* selected$/)
})

test('nothing that differs, and one that is gone, are said', () => {
  expect(page(two({}, {}))).toContain(' The two do not differ in what authtap holds of them.')
  expect(page(told(failedLogin().slice(0, 1)))).toContain(
    ' authtap no longer holds one of the two.',
  )
})

test('a value that is not there is told from an empty one', () => {
  const headers = [['x-empty', '']] as const
  const lines = page(two({ headers }, { headers: [['x-other', 'a']] }))
  const at = lines.indexOf('   x-empty')
  expect(lines.slice(at, at + 6)).toEqual([
    '   x-empty',
    '   - (empty)',
    '   + (not there)',
    '   x-other',
    '   - (not there)',
    '   + a',
  ])
})

test('of two values only what they do not share stands out', () => {
  const value = (text: string) => ({ headers: [['x-value', text]] as const })
  const { scene } = two(value('same one end'), value('same other end'))
  const lines = diffPage(over, scene, 100).filter((line) => textOf(line).includes('same o'))
  expect(lines).toEqual([
    [
      { text: '   - ', style: 'warn' },
      { text: 'same o' },
      { text: 'ne', style: 'warn' },
      { text: ' end' },
    ],
    [
      { text: '   + ', style: 'info' },
      { text: 'same o' },
      { text: 'ther', style: 'info' },
      { text: ' end' },
    ],
  ])
})

test('texts are compared line by line, and equal lines far away are counted', () => {
  const text = (middle: string) => ['a', 'b', 'c', 'd', middle, 'e'].join('\n')
  const lines = page(two(body(text('one')), body(text('two'))))
  const at = lines.indexOf(' Request body')
  expect(lines.slice(at, at + 7)).toEqual([
    ' Request body',
    '   … 2 lines the same',
    '     c',
    '     d',
    '   - one',
    '   + two',
    '     e',
  ])
})

test('it is made once for the same pair, and anew when it is shown otherwise', () => {
  const { scene, ui } = told()
  const first = diffPage(over, scene, 80)
  expect(diffPage(over, scene, 80)).toBe(first)
  expect(diffPage(over, scene, 79)).not.toBe(first)
  const before = diffPage(over, scene, 80)
  ui.state.revealed = true
  expect(diffPage(over, scene, 80)).not.toBe(before)
})
