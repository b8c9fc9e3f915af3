import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAlive, open } from '../harness.ts'
import { demoScript, folder, startDemo } from './demo.ts'
import { foreignControls } from './hostile.ts'

const hostileLines = [
  '\x1b[2J\x1b[32m PASS \x1b]0;title\x07',
  '\u009b2J\u009d52;c;c3RvbGVu\u009c\u0090q',
  'a\u202eb\u200b{red-fg}',
]

describe('on every terminal', () => {
  test.each(['xterm-256color', 'screen-256color', 'tmux-256color', 'xterm', 'linux'])(
    'TERM=%s: the screen is drawn, and nothing but our own sequences leaves',
    async (term) => {
      const { session } = await startDemo({
        env: { TERM: term, COLORTERM: undefined },
        lines: hostileLines,
      })
      session.type('j\x1b[A')
      session.paste('\x1b[31mpasted\u009b')
      await session.until('paste ␛[31mpasted')
      session.resize(100, 20)
      await session.until('demo 100×20')
      expect(session.text()).toContain('␛[2J␛[32m PASS')
      session.type('Q')
      await session.exit
      expect(foreignControls(session.written.split('the summary')[0]!)).toEqual([])
      const fail = session.written.match(/\x1b\[([\d;]*)m(?:.{1,9}\x1b\[\d+;\d+H)?✗/)![1]!
      expect(fail).toBe(term.includes('256') ? '0;1;38;5;203' : '0;1;91')
    },
  )

  test('TERM=dumb: plain lines without any control, and no screen', async () => {
    const session = open([process.execPath, demoScript()], {
      env: { TERM: 'dumb', DEMO_LINES: JSON.stringify(hostileLines) },
    })
    expect(await session.exit).toMatchObject({ code: 3 })
    expect(session.written.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u)
    expect(session.text()).toContain('␛[2J␛[32m PASS')
  })

  test('NO_COLOR: no colour, and the state is read all the same', async () => {
    const { session } = await startDemo({ env: { NO_COLOR: '1' } })
    expect(session.text()).toContain('✗ FAIL')
    const { x, y } = session.find('FAIL')!
    expect(session.cell(x, y)).toMatchObject({ fg: 'default', bg: 'default', bold: true })
    expect(session.written).not.toMatch(/\x1b\[[\d;]*\b[349]\d;?[\d;]*m/)
  })

  test('a locale without UTF-8: nothing but ASCII leaves', async () => {
    const { session } = await startDemo({ env: { LANG: 'C' }, lines: ['日本', 'é'] })
    expect(session.written).toMatch(/^[\x1b\x20-\x7e]*$/)
    expect(session.lines()[1]).toMatch(/^\+- List -+ 2 lines -\+\+- Events -+\+$/)
    expect(session.text()).toContain('x FAIL')
  })
})

describe('the terminal', () => {
  const theirs = {
    alternate: false,
    paste: false,
    mouse: false,
    focus: false,
    wrap: true,
    cursor: true,
  }
  const ours = {
    alternate: true,
    paste: true,
    mouse: true,
    focus: true,
    wrap: false,
    cursor: false,
  }

  test('is taken at the start and given back at the end, with the summary on its own screen', async () => {
    const { session } = await startDemo()
    expect(session.modes()).toEqual(ours)
    session.type('Q')
    expect(await session.exit).toEqual({ code: 0, signal: 0 })
    expect(session.modes()).toEqual(theirs)
    expect(session.lines()[0]).toBe('the summary')
    // Right-to-left text is reordered again.
    expect(session.written).toMatch(/\x1b\[8l.*\x1b\[8h/s)
  })

  test('selects text with its mouse when it is told to', async () => {
    const { session } = await startDemo()
    session.type('M')
    await session.until(() => !session.modes().mouse)
  })

  test('shows the cursor where something is typed', async () => {
    const { session } = await startDemo()
    session.type('f')
    await session.until('filter:')
    await session.until(() => session.modes().cursor)
    expect(session.terminal.buffer.active.cursorX).toBe(' filter: '.length)
  })
})

describe('what is typed', () => {
  test('is understood through a real terminal', async () => {
    const { session } = await startDemo()
    session.type('j\x1b[<65;3;4M\x1b[<65;3;4M\x1b[Ié')
    await session.until('key é')
    for (const event of ['key j', 'wheel 2', 'focus in']) expect(session.text()).toContain(event)
    session.type('\x1b[<0;60;5M')
    await session.until('press left side')
  })

  test('and is a lone escape is one when nothing follows', async () => {
    const { session } = await startDemo()
    session.type('\x1b')
    await session.until('key escape')
  })

  test('is read again after a sequence that never ended', async () => {
    const { session } = await startDemo()
    session.type('\x1b]11;rgb:')
    // Each byte of a reply may be late, so the pause after it is what ends it.
    const typing = setInterval(() => session.type('a'), 900)
    try {
      await session.until('key a')
    } finally {
      clearInterval(typing)
    }
  })

  test('is a command, and what is pasted never is', async () => {
    const { session } = await startDemo()
    session.paste('dQd\r')
    await session.until('paste dQd')
    expect(session.text()).not.toContain('DELETED')
    session.type('d')
    await session.until('DELETED')
  })

  test('or pasted into a prompt is text', async () => {
    const { session } = await startDemo()
    session.type('f')
    await session.until('filter:')
    session.paste('Qd\u009b')
    await session.until('filter: Qd\\x9b')
    expect(session.text()).not.toContain('DELETED')
  })
})

describe('what is printed past the screen', () => {
  test('by console, stream or Node itself is caught, and the screen stays whole', async () => {
    const { session } = await startDemo({ columns: 160 })
    session.type('c')
    await session.until('from Node')
    const { y } = session.find('stray:')!
    expect(session.lines()[y]).toContain('from console | from stderr | Warning: from Node')
    expect(foreignControls(session.written)).toEqual([])
    expect(session.lines()[0]).toBe(' demo 160×14')
    // Outside the pictures nothing was written but what takes the terminal.
    const outside = session.written.replace(/\x1b\[\?2026h.*?\x1b\[\?2026l/gs, '')
    expect(outside).not.toMatch(/from/)
  })
})

describe('a terminal that stops reading', () => {
  const beats = (log: Record<string, unknown>[]) =>
    log.filter(({ beat }) => beat !== undefined).length

  test('does not stop the process, costs no frames, and shows the latest when it reads again', async () => {
    const lines = Array.from({ length: 200 }, (_, line) => `${line} ${'日本 text '.repeat(20)}`)
    const { session, log } = await startDemo({
      columns: 200,
      rows: 50,
      lines,
      env: { DEMO_BEAT: '50' },
    })
    await session.until('beat')
    session.stall()
    const drawnAt = () => log().filter(({ draw }) => draw !== undefined).length
    // A resize repaints everything, again and again, until the terminal's buffer is full.
    const started = beats(log())
    for (let turn = 0; turn < 12; turn++) {
      const before = beats(log())
      session.resize(190 + turn, 50)
      await session.until(() => beats(log()) > before)
    }
    const full = beats(log())
    const drawn = drawnAt()
    await session.until(() => beats(log()) >= full + 10)
    expect(drawnAt()).toBe(drawn)
    expect(beats(log())).toBeGreaterThan(started + 20)
    session.unstall()
    await session.until(() => drawnAt() > drawn + 1)
    await session.until('demo 201×50')
  })

  test('is drawn on once it has read what waited, though nothing changes any more', async () => {
    const lines = Array.from({ length: 200 }, () => '日本 text '.repeat(20))
    const { session, log } = await startDemo({ columns: 200, rows: 50, lines })
    const typed = () => log().filter(({ event }) => event !== undefined).length
    session.stall()
    for (let turn = 1; turn <= 12; turn++) {
      session.resize(190 + turn, 50)
      session.type('j')
      await session.until(() => typed() >= turn)
    }
    session.type('a')
    await session.until(() => typed() > 12)
    session.unstall()
    await session.until('key a')
  })

  test('does not keep the process from ending', async () => {
    const lines = Array.from({ length: 200 }, () => '日本 text '.repeat(20))
    const { session, log, pid } = await startDemo({
      columns: 200,
      rows: 50,
      lines,
      env: { DEMO_BEAT: '20', DEMO_SILENT: '1' },
    })
    session.stall()
    for (let turn = 0; turn < 12; turn++) {
      const before = beats(log())
      session.resize(190 + turn, 50)
      await session.until(() => beats(log()) > before)
    }
    const child = pid()
    session.type('Q')
    await session.until(() => !isAlive(child))
  })
})

describe('a key', () => {
  test('is shown sooner after the picture before it than anything else would be', async () => {
    const { session, log } = await startDemo()
    const gaps = () => {
      const times = log().flatMap(({ at }) => (typeof at === 'number' ? [at] : []))
      return times.slice(1).map((at, index) => at - times[index]!)
    }
    const typing = setInterval(() => session.type('j'), 12)
    try {
      await session.until(() => gaps().some((gap) => gap < 30))
    } finally {
      clearInterval(typing)
    }
    // Timers of Node may be a millisecond early.
    expect(Math.min(...gaps())).toBeGreaterThan(6)
  })
})

describe('an idle screen', () => {
  test('is not drawn', async () => {
    const { session, log } = await startDemo()
    await session.quiet()
    const before = log().length
    const written = session.written.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(log().length).toBe(before)
    expect(session.written.length).toBe(written)
  })
})

describe('a screen that changes its size', () => {
  test('is drawn anew each time', async () => {
    const { session } = await startDemo()
    for (const [columns, rows] of [
      [120, 40],
      [40, 8],
      [200, 60],
      [1, 1],
      [80, 24],
    ] as const) {
      session.resize(columns, rows)
      await session.quiet()
    }
    await session.until(() => session.lines()[0] === ' demo 80×24')
    await session.until(() => session.lines()[23] === ' Q quit')
    expect(session.lines()[1]).toMatch(/^┌─ List ─+ 2 lines ─┐┌─ Events ─+┐$/)
    expect(session.lines()[21]).toMatch(/^└─+┘└─+┘$/)
    expect(session.lines()[22]).toBe('')
  })

  test('for a moment only has lost what stood on it, and is drawn anew', async () => {
    const { session } = await startDemo()
    for (let turn = 0; turn < 5; turn++) {
      await session.quiet()
      session.resize(10, 2)
      session.resize(80, 14)
      await session.until(() => session.lines()[0] === ' demo 80×14')
      await session.until(() => session.lines()[1]!.startsWith('┌─ List'))
      await session.until('FAIL')
    }
  })

  test('to one that no screen has is drawn as far as one could be', async () => {
    const { session } = await startDemo()
    session.claimSize(65_535, 65_535)
    await session.until('demo 1000×500')
  })

  test('and is drawn anew on request, whatever was painted over it', async () => {
    const { session } = await startDemo()
    session.terminal.write('\x1b[5;5HGARBAGE')
    await session.until('GARBAGE')
    session.type('\x0c')
    await session.until(() => !session.text().includes('GARBAGE'))
  })
})

describe('the clipboard', () => {
  test('gets text, and not more than a terminal takes', async () => {
    const { session } = await startDemo({ lines: ['curl é \x1b[2J'] })
    session.type('y')
    await session.until('copied true')
    expect(session.clipboard).toEqual(['curl é \x1b[2J'])
  })

  test('is asked for nothing when the text is too long', async () => {
    const { session } = await startDemo({ lines: ['x'.repeat(80_000)] })
    session.type('y')
    await session.until('copied false')
    expect(session.clipboard).toEqual([])
  })

  test('is reached through tmux too', async () => {
    const { session } = await startDemo({ lines: ['text'], env: { TMUX: '/tmp/tmux,1,0' } })
    session.type('y')
    await session.until('copied true')
    const encoded = Buffer.from('text').toString('base64')
    expect(session.written).toContain(`\x1bPtmux;\x1b\x1b]52;c;${encoded}\x07\x1b\\`)
  })
})

describe('a pager', () => {
  /** A pager that says it is there and waits for a line; an interrupt makes it say so. */
  function pager(): string {
    const path = join(folder(), 'pager')
    writeFileSync(
      path,
      `#!/bin/sh
trap 'echo interrupted' INT
echo "args $# secure $LESSSECURE"
echo "pid $$ file $1"
cat "$1"
echo READY
until read line; do :; done
`,
    )
    chmodSync(path, 0o700)
    return path
  }

  test('gets the terminal as it was, and the screen comes back after it', async () => {
    const { session } = await startDemo({
      lines: ['one\x1b[2J', 'two'],
      env: { PAGER: pager() },
    })
    session.type('v')
    await session.until('READY')
    expect(session.modes()).toMatchObject({ alternate: false, mouse: false, cursor: true })
    expect(session.text()).toContain('args 1 secure 1')
    expect(session.text()).toContain('one␛[2J')
    // The line discipline is the shell's again: an interrupt is a signal, and it is for the pager.
    session.type('\x03')
    await session.until('interrupted')
    session.type('\r')
    await session.until('child 0')
    expect(session.modes()).toMatchObject({ alternate: true, mouse: true, cursor: false })
    session.type('j')
    await session.until('key j')
    session.kill('SIGINT')
    expect(await session.exit).toMatchObject({ code: 130 })
  })

  test('that is not there is said not to be', async () => {
    const { session } = await startDemo({ columns: 100, env: { PAGER: '/nowhere/pager' } })
    session.type('v')
    await session.until('/nowhere/pager cannot be started (ENOENT).')
    expect(session.modes()).toMatchObject({ alternate: true })
  })

  test('is no line for a shell', async () => {
    const trap = join(folder(), 'started')
    const { session } = await startDemo({
      columns: 200,
      env: { PAGER: `${pager()};touch ${trap}` },
    })
    session.type('v')
    await session.until('cannot be started')
    expect(existsSync(trap)).toBe(false)
  })

  test('ends with us, and its file with it', async () => {
    // The shell stays, or the end of the session would end the pager too.
    const staying = (argv: readonly string[]) => [
      'sh',
      '-c',
      `${argv.map((word) => `'${word}'`).join(' ')}; echo "code=$?"; sleep 60`,
    ]
    const { session, pid } = await startDemo({ env: { EDITOR: pager() } }, staying)
    session.type('V')
    await session.until('READY')
    const [, editor, file] = /pid (\d+) file (\S+)/.exec(session.text())!
    expect(existsSync(file!)).toBe(true)
    process.kill(pid(), 'SIGTERM')
    await session.until('code=143')
    expect(session.text()).toContain('ended by SIGTERM')
    await session.until(() => !isAlive(Number(editor)))
    expect(existsSync(dirname(file!))).toBe(false)
  })
})
