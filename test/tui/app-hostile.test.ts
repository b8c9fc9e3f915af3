import { describe, expect, test } from 'vitest'
import type { OpenOptions, Session } from './harness.ts'
import { show, type } from './showing.ts'
import { foreignControls } from './term/hostile.ts'

/** The clipboard by C0, a cleared screen by C1, a title, an override, a line of its own. */
const POISON = '\x1b]52;c;eA==\x07\u009b2J\u009d0;t\u009c\u202e\r\n日'

interface Place {
  readonly name: string
  readonly keys: readonly string[]
  /** What is there and nowhere else. */
  readonly seen: string | RegExp
  /** Nothing but words of our own. */
  readonly ours?: true
}

const places: readonly Place[] = [
  { name: 'Live', keys: ['1'], seen: /┌─ Exchanges/ },
  { name: 'Flow', keys: ['2'], seen: '┌─ Flow 1' },
  { name: 'Findings', keys: ['3'], seen: '┌─ Findings' },
  { name: 'a finding', keys: ['3', '\t'], seen: '┌─ Findings' },
  { name: 'Checklist', keys: ['4'], seen: '▶', ours: true },
  { name: 'Request', keys: ['1', 'G', 'k', '\r', 'h'], seen: '[Request]' },
  { name: 'Response', keys: ['1', 'G', '\r'], seen: '[Response]' },
  { name: 'Response as it came', keys: ['1', 'G', '\r', 'J'], seen: '[Response]' },
  { name: 'Token', keys: ['1', 'G', 'k', '\r', 'l'], seen: '[Token]' },
  { name: 'Checks', keys: ['1', 'G', 'k', '\r', 'l', 'l'], seen: '[Ch' },
  { name: 'curl', keys: ['1', 'G', 'k', '\r', 'c'], seen: "CODE=''" },
  { name: 'with secrets shown', keys: ['u', '1', 'G', 'k', '\r', 'h'], seen: /SECRETS/ },
  { name: 'the log', keys: [':', 'log', '\r'], seen: '┌─ Log' },
  { name: 'the palette', keys: [':', 'flow'], seen: '┌─ Commands' },
  { name: 'the comparison', keys: ['1', 'g', 'm', 'G', 'd'], seen: 'Differences of' },
  { name: 'what can be copied', keys: ['1', 'y'], seen: '┌─ Copy' },
  { name: 'quitting', keys: ['Q'], seen: 'would be lost' },
  { name: 'where to save', keys: ['x', 'h'], seen: 'save as' },
  { name: 'what was saved', keys: ['x', 'h', '\r'], seen: 'of them' },
  { name: 'a question', keys: ['1', 'G', 'k', 'r'], seen: 'Send #6' },
]

function watched(session: Session): string[] {
  const effects: string[] = []
  session.terminal.onTitleChange((title) => effects.push(`title ${title}`))
  session.terminal.onBell(() => effects.push('bell'))
  return effects
}

function expectWhole(session: Session, effects: readonly string[]): void {
  const { columns, rows } = { columns: session.terminal.cols, rows: session.terminal.rows }
  expect(foreignControls(session.written)).toEqual([])
  expect(effects).toEqual([])
  expect(session.clipboard).toEqual([])
  expect(session.modes()).toMatchObject({ alternate: true, mouse: true, wrap: false })
  expect(session.lines()[0]).toMatch(/^ 1 Li(ve|st) {2}2 Flow/)
  // The corners of the frame are where they were.
  expect([session.cell(0, 2).text, session.cell(columns - 1, rows - 2).text]).toEqual(['┌', '┘'])
}

const hostileLogin = (options: OpenOptions = {}) =>
  show('login', {
    columns: 120,
    rows: 40,
    ...options,
    env: { POISON, KEEPS: 'no', ...options.env },
  })

describe("other people's text is everywhere, and moves nothing anywhere", () => {
  test.each([
    [120, 40],
    [80, 24],
  ])('at %i×%i', async (columns, rows) => {
    const session = await hostileLogin({ columns, rows })
    const effects = watched(session)
    for (const { keys, seen, ours } of places) {
      session.type(keys.join(''))
      await session.until(seen)
      await session.quiet()
      // It is there to be read.
      if (ours !== true) expect(session.text()).toMatch(/␛\]52|\\x9b2J/)
      expectWhole(session, effects)
      session.type('\x1b\x1b\x1b\x1b')
      await session.until('┌─ Exchanges')
      await session.quiet()
    }
  })

  test('nor what is pasted into a prompt', async () => {
    const session = await hostileLogin()
    const effects = watched(session)
    for (const prompt of ['f', '/', ':']) {
      await type(session, prompt)
      session.paste(`\x1b[31mPASTED${POISON}`)
      await session.until('PASTED')
      expectWhole(session, effects)
      await type(session, '\r')
      expectWhole(session, effects)
      await type(session, '\x1b', '\x1b')
    }
  })

  test('nor where a client is waited for, or a capture is read', async () => {
    const waiting = await show('empty', { env: { POISON } })
    await waiting.until('Point the client at')
    expect(waiting.text()).toContain('\\x9b2J')
    expectWhole(waiting, watched(waiting))
    const reading = await hostileLogin({ env: { CAPTURE: 'x.har', PROGRESS: 'Judging' } })
    await reading.until('READ')
    expectWhole(reading, watched(reading))
  })

  test('nor what is copied, whatever it is pasted into', async () => {
    const session = await hostileLogin()
    for (const keys of [
      ['1', 'G', 'k', 'y', 'c'],
      ['y', 'u'],
      ['y', 'f'],
      ['\r', 'y', 'p'],
    ])
      await type(session, ...keys)
    expect(session.clipboard).toHaveLength(4)
    for (const text of session.clipboard) {
      expect(text).toMatch(/␛\]52|\\x9b2J/)
      expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })
})

describe('what is printed past the screen', () => {
  test.each([undefined, POISON])('goes to the log, and to nothing else (%j)', async (poison) => {
    const session = await show('login', { env: { POISON: poison } })
    const effects = watched(session)
    session.kill('SIGUSR2')
    await type(session, ':', 'log', '\r')
    for (const text of ['from console', 'from stdout', 'from stderr', 'Warning: from Node'])
      await session.until(text)
    expectWhole(session, effects)
    const outside = session.written.replace(/\x1b\[\?2026h.*?\x1b\[\?2026l/gs, '')
    expect(outside).not.toContain('from')
  })
})
