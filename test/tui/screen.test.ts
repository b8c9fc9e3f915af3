import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { show, type } from './showing.ts'

describe('the first minute', () => {
  test('before any traffic the screen says where to point the client, and how', async () => {
    const session = await show('empty')
    for (const text of ['http://localhost:8484/mcp', 'claude mcp add', 'codex mcp add', 'WAIT'])
      expect(session.text()).toContain(text)
  })

  test('a client that never comes is talked about', async () => {
    const session = await show('empty', { env: { WAITED: '185000' } })
    await session.until('No client has come for 3 minutes')
  })

  test('traffic without OAuth is told from no traffic', async () => {
    const session = await show('many', { env: { MANY: '3' } })
    await session.until('answers without a login')
  })

  test('a setup line is copied before there is anything else to copy', async () => {
    const session = await show('empty')
    await type(session, 'y', '2')
    await session.until(() => session.clipboard.length > 0)
    expect(session.clipboard).toEqual(['claude mcp add http://localhost:8484/mcp'])
  })
})

describe('one selection is shared by all views', () => {
  test('the finding, the flow, the checklist and the detail are about the exchange that was chosen', async () => {
    const session = await show('login')
    await type(session, 'k')
    await session.until('6/7')
    await type(session, '3')
    await session.until('audience/other-audience')
    await type(session, '2')
    await session.until('step 6/7')
    await type(session, '4')
    await session.until(/▶ ✗ FAIL {5}A-3/)
    await type(session, '\r')
    await session.until('#6  Request')
  })

  test('evidence of a finding is a jump to its exchange', async () => {
    const session = await show('login')
    await type(session, '3', '\r')
    await session.until(/#\d {2}Request/)
    await type(session, '\x1b')
    await session.until('severity')
  })

  test('flows that overlap are shown each by itself', async () => {
    const session = await show('two')
    await type(session, '2')
    await session.until('Flow 2 of 2')
    await session.until('#b7')
    expect(session.text()).not.toMatch(/#7\b/)
    await type(session, '[')
    await session.until('Flow 1 of 2')
    await session.until(/#7\b/)
  })
})

describe('what is typed acts at once', () => {
  test('a filter shows how many match, and what is wrong with it', async () => {
    const session = await show('login')
    await type(session, 'f', 'kind:token')
    await session.until('1 of 7 match')
    await type(session, '\x15', 'nonsense:1')
    await session.until('There is no key nonsense')
    await type(session, '\x1b')
    await session.until('7/7')
  })

  test('a search marks and goes to what it finds', async () => {
    const session = await show('login')
    await type(session, 'g', '/', 'register', '\r')
    await session.until('4/7')
    await type(session, '/', 'no such thing', '\r')
    await session.until('is not in this pane')
  })

  test('pasted text is no command', async () => {
    const session = await show('login')
    session.paste('Q2DDy')
    await session.quiet()
    await session.until('Exchanges')
    expect(session.clipboard).toEqual([])
  })

  test('q and escape close what is open and never quit', async () => {
    const session = await show('login')
    await type(session, '?', 'q', '\r', 'q', 'q', 'q')
    await session.until('Exchanges')
    await type(session, '\r', '?', '\x1b')
    await session.until('[Response]')
    await type(session, '\x1b')
    await session.until('Exchanges')
  })

  test('the mouse selects, opens and scrolls', async () => {
    const session = await show('login')
    const at = session.find('/register')!
    const click = `\x1b[<0;${at.x + 1};${at.y + 1}M\x1b[<0;${at.x + 1};${at.y + 1}m`
    await type(session, click)
    await session.until('4/7')
    await type(session, click)
    await session.until('#4  Request')
    await type(session, '\x1b')
    const tab = session.find('3 Findings')!
    await type(session, `\x1b[<0;${tab.x + 2};1M`)
    await session.until('severity')
  })
})

describe('what leaves the screen', () => {
  test('curl is copied with secrets as variables', async () => {
    const session = await show('login')
    await type(session, 'y', 'c')
    await session.until(() => session.clipboard.length > 0)
    expect(session.clipboard[0]).toMatch(
      /^ACCESS_TOKEN='' {2}# ‹access_token:[0-9a-f]{16}›\ncurl -i /,
    )
    expect(session.clipboard[0]).toContain(`-H 'Authorization: Bearer '"$ACCESS_TOKEN"`)
  })

  test('secrets show only after a deliberate key, and are never copied', async () => {
    const session = await show('login', { columns: 140, rows: 40 })
    const issued = 'code-' + 'one'
    await type(session, 'k', '\r', 'h')
    expect(session.text()).not.toContain(issued)
    await type(session, 'u')
    await session.until('SECRETS VISIBLE')
    expect(session.text()).toContain('verifier-one-that')
    await type(session, 'y', 'c')
    await session.until(() => session.clipboard.length > 0)
    expect(session.clipboard[0]).not.toContain('verifier-one-that')
    await type(session, 'u')
    expect(session.text()).not.toContain('verifier-one-that')
  })

  test('without a clipboard a file is written', async () => {
    const session = await show('login', { env: { TERM: 'linux' } })
    await type(session, 'y', 'u')
    await session.until('text to capture.curl')
    expect(session.clipboard).toEqual([])
  })

  test('a HAR file is saved where one says', async () => {
    const session = await show('login')
    await type(session, 'x', 'h', '\x15', 'here.har', '\r')
    await session.until('har to here.har')
  })
})

describe('it goes on whatever happens', () => {
  test('at any size nothing is lost and nothing throws', async () => {
    const session = await show('login')
    for (const view of ['1', '2', '3', '4', '\r']) {
      if (view === '\r') session.type(view)
      for (const [columns, rows] of [
        [40, 8],
        [20, 5],
        [60, 12],
        [400, 100],
        [111, 34],
        [170, 50],
        [80, 24],
      ] as const) {
        session.resize(columns, rows)
        if (view !== '\r') session.type(view)
        await session.until(columns < 40 ? 'too small' : '1 Live')
        expect(session.lines().length).toBe(rows)
      }
    }
  })

  test('pausing holds the list back', async () => {
    const session = await show('login')
    await type(session, 'p')
    await session.until('PAUSED +0')
    await type(session, 'p')
    await session.until('LIVE')
  })

  test('while nothing happens nothing is written, although the clock goes on', async () => {
    const session = await show('login')
    const { written } = session
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(session.written).toBe(written)
  })

  test('a hundred thousand calls stay cheap', async () => {
    const session = await show('many', { env: { MANY: '100000' } })
    await session.until('100000 ex')
    await type(session, 'g')
    await session.until('1/100000')
    await type(session, 'f', 'status:4xx', '\r')
    await session.until('0 of 100000')
  }, 120_000)

  test.each([
    ['Q', 'quit', 0],
    ['\x03', 'quit', 0],
  ])('%j quits and gives the terminal back', async (key, word, code) => {
    const session = await show('login')
    session.type(key)
    expect(await session.exit).toMatchObject({ code })
    await session.until(`ended by ${word}`)
    expect(session.modes()).toEqual({
      alternate: false,
      paste: false,
      mouse: false,
      focus: false,
      wrap: true,
      cursor: true,
    })
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s gives the terminal back', async (signal, code) => {
    const session = await show('login')
    session.kill(signal)
    expect(await session.exit).toMatchObject({ code })
    expect(session.modes()).toMatchObject({ alternate: false, mouse: false, cursor: true })
  })
})

describe('a state is never colour alone', () => {
  test('NO_COLOR leaves no colour on the screen, and every state has its word', async () => {
    const session = await show('login', { env: { NO_COLOR: '1' } })
    expect(session.written).not.toMatch(
      /\x1b\[[0-9;]*(?:[34]8;[25];|;3[0-7](?:;|m)|;9[0-7](?:;|m))/,
    )
    await session.until('✗ FAIL')
  })

  test('without UTF-8 everything is ASCII', async () => {
    const session = await show('login', { env: { LANG: 'C' } })
    await type(session, '2')
    expect(session.text()).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test('t changes the theme', async () => {
    const session = await show('login')
    const at = session.find('FAIL')!
    const dark = session.cell(at.x, at.y).fg
    await type(session, 't')
    expect(session.cell(at.x, at.y).fg).not.toBe(dark)
  })
})

const payloads: readonly string[] = [
  '\x1b[2J',
  '\x1b[12;40Hmoved',
  '\x1b]0;title\x07',
  '\x1b]52;c;c3RvbGVu\x07',
  '\u009b2J',
  '\u009b12;40Hmoved',
  '\u009d52;c;c3RvbGVu\u009c',
  '\u009d0;title\u009c',
  '\u0090q',
  '\x1b[32mPASS',
  '\x1bc',
]

describe("other people's text", () => {
  test.each(payloads)('%j moves nothing, sets no title and no clipboard', async (payload) => {
    const session = await show('hostile', { env: { HOSTILE: payload } })
    const titles: string[] = []
    session.terminal.onTitleChange((title) => titles.push(title))
    for (const keys of [
      ['\r'],
      ['h'],
      ['c'],
      ['l'],
      ['\x1b'],
      ['2'],
      ['3'],
      ['4'],
      ['1'],
      [':', 'log', '\r'],
    ])
      await type(session, ...keys)
    expect(titles).toEqual([])
    expect(session.clipboard).toEqual([])
    expect(session.modes().alternate).toBe(true)
    // The corners of the frame are where they were.
    expect(session.lines()[0]).toContain('1 Live')
    expect(session.cell(0, 2).text).toBe('┌')
  })

  test('whatever it is, the frame stays whole', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((one) => !one.includes('\0'))
    await fc.assert(
      fc.asyncProperty(text, async (hostile) => {
        const session = await show('hostile', { env: { HOSTILE: hostile } })
        await type(session, '\r')
        expect(session.clipboard).toEqual([])
        expect(session.cell(0, 2).text).toBe('┌')
        expect(session.cell(99, 28).text).toBe('┘')
        await session.close()
      }),
      { numRuns: 4 },
    )
  })
})
