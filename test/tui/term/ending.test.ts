import { describe, expect, test } from 'vitest'
import type { Session } from '../harness.ts'
import { leaveSequence } from '../../../src/tui/term/term.ts'
import { startDemo, type Demo } from './demo.ts'
import { Emulator } from './emulator.ts'

const theirs = {
  alternate: false,
  paste: false,
  mouse: false,
  focus: false,
  wrap: true,
  cursor: true,
}

/** What the shell says after the program: its exit code, and the modes of the terminal's line discipline. */
const inShell = (argv: readonly string[]) => [
  'sh',
  '-c',
  `trap '' HUP; ${argv.map((word) => `'${word}'`).join(' ')}; echo "code=$?"; stty -a; echo THE END`,
]

type Way = (demo: Demo) => void

const typed =
  (bytes: string): Way =>
  ({ session }) =>
    session.type(bytes)

const signalled =
  (signal: NodeJS.Signals): Way =>
  ({ pid }) =>
    void process.kill(pid(), signal)

/** Waits for the shell's last words and returns them. */
async function lastWords(session: Session): Promise<string> {
  await session.until('THE END')
  await session.exit
  return session.text()
}

describe('however the process ends, the terminal is as it was', () => {
  test.each<[string, Way, number, string?]>([
    ['the key that quits', typed('Q'), 0, 'the summary'],
    ['C-c', typed('\x03'), 0, 'the summary'],
    ['SIGINT', signalled('SIGINT'), 130, 'ended by SIGINT'],
    ['SIGTERM', signalled('SIGTERM'), 143, 'ended by SIGTERM'],
    ['SIGHUP', signalled('SIGHUP'), 129, 'ended by SIGHUP'],
    ['SIGQUIT', signalled('SIGQUIT'), 131, 'ended by SIGQUIT'],
    ['a signal it sends itself', typed('k'), 143, 'ended by SIGTERM'],
    ['an exception while a key is handled', typed('t'), 70, 'thrown on purpose'],
    ['an exception in a timer', typed('w'), 70, 'thrown later'],
    ['an exception while drawing', typed('b'), 70, 'drawn on purpose'],
    ['a rejection nobody handles', typed('r'), 70, 'rejected on purpose'],
    ['an exit out of the middle', typed('x'), 7],
    ['nothing left to do', typed('n'), 0],
  ])('%s', async (_, end, code, said) => {
    const demo = await startDemo({ rows: 50 }, inShell)
    end(demo)
    const words = await lastWords(demo.session)
    expect(words).toContain(`code=${code}`)
    if (said !== undefined) expect(words).toContain(said)
    expect(demo.session.modes()).toEqual(theirs)
    expect(words).toMatch(/(?<!-)\bicanon\b/)
    expect(words).toMatch(/(?<!-)\becho\b/)
    expect(words).toMatch(/(?<!-)\bisig\b/)
    expect(words).not.toContain('List')
  })

  test.each<[string, Way]>([
    ['an exception', typed('t')],
    ['a rejection', typed('r')],
    ['a signal', signalled('SIGTERM')],
  ])('and what the program itself says of %s is seen', async (_, end) => {
    const demo = await startDemo({ rows: 50, env: { DEMO_COMPLAINS: '1' } }, inShell)
    end(demo)
    const words = await lastWords(demo.session)
    expect(words).toContain('the program complains')
    expect(words).toContain('code=70')
    expect(demo.session.modes()).toEqual(theirs)
  })

  test('when it is given back twice, nothing of anybody else is closed', async () => {
    const demo = await startDemo({ rows: 50 }, inShell)
    demo.session.type('s')
    expect(await lastWords(demo.session)).toContain('the file is open')
    expect(demo.session.modes()).toEqual(theirs)
  })

  test('and when a part of the end fails, the rest of it is done', async () => {
    const demo = await startDemo({ rows: 50, env: { DEMO_REFUSES: '1' } }, inShell)
    demo.session.type('Q')
    const words = await lastWords(demo.session)
    expect(words).toContain('the summary')
    expect(words).toContain('code=0')
    expect(demo.session.modes()).toEqual(theirs)
  })

  test('whatever it was in the middle of', async () => {
    const emulator = new Emulator(20, 2)
    await emulator.show('\x1b[?1049h\x1b[?2026h\x1b[1;31mhalf')
    // Where there is no second screen, coming back from it restores nothing.
    await emulator.show(`${leaveSequence.replace('\x1b[?1049l', '')}\x1b[2J\x1b[Hx`)
    expect(emulator.foreground(0, 0)).toBe('default')
    expect(emulator.terminal.modes).toMatchObject({
      synchronizedOutputMode: false,
      wraparoundMode: true,
      mouseTrackingMode: 'none',
    })
  })

  test('and when its window is closed, it ends', async () => {
    const { session } = await startDemo()
    session.hangUp()
    expect((await session.exit).code).toBe(129)
  })
})
