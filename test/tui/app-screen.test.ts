import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bodyText } from '../../src/core/wire/exchange.ts'
import { failedLogin } from './fixtures/login.ts'
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
    await session.until('expected  aud')
  })

  test('flows that overlap are shown each by itself', async () => {
    const session = await show('two')
    await type(session, '2')
    // It opens on what broke first.
    await session.until('Flow 1 of 2')
    await session.until(/#7\b/)
    await type(session, ']')
    await session.until('Flow 2 of 2')
    await session.until('#b7')
    expect(session.text()).not.toMatch(/#7\b/)
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
    const before = session.text()
    session.paste('Q2DDy')
    // A key behind it, which has come once its message is there.
    await type(session, 'd')
    await session.until('Mark an exchange with m, select another, then d')
    expect(session.lines().slice(0, -1)).toEqual(before.split('\n').slice(0, -1))
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
    const at = session.find('register Example')!
    const click = `\x1b[<0;${at.x + 1};${at.y + 1}M\x1b[<0;${at.x + 1};${at.y + 1}m`
    await type(session, click)
    await session.until('4/7')
    await type(session, click)
    await session.until('#4  Request')
    await type(session, '\x1b')
    const tab = session.find('3 Findings')!
    await type(session, `\x1b[<0;${tab.x + 2};1M`)
    await session.until('expected  aud')
  })
})

/** The code, the verifier and the signature of the token that the login carries. */
function secretsOfLogin(): string[] {
  const token = failedLogin().find(({ request }) => request.url.endsWith('/token'))!
  const form = new URLSearchParams(bodyText(token.request))
  const { access_token } = JSON.parse(bodyText(token.response!)) as Record<string, string>
  return [form.get('code')!, form.get('code_verifier')!, access_token!.split('.')[2]!]
}

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

  test('nothing secret is on any screen before that key', async () => {
    const session = await show('login', { columns: 160, rows: 50 })
    const secrets = secretsOfLogin()
    expect(secrets.every((secret) => secret.length > 7)).toBe(true)
    for (const keys of [
      ...['1', '2', '3', '3\t', '4', '1g\r', '1G\r', '1Gk\r', '1Gk\rh', '1Gk\rl', '1Gk\rll'],
      ...['1Gk\rc', '1Gkk\r', '1Gkk\rh', ':log\r', '1gmGd', '1kmkd', 'y', 'x', '?'],
    ]) {
      await type(session, keys)
      // Long values go on in the next line.
      const text = session.text().replaceAll(/[│\s]/g, '')
      for (const secret of secrets) expect(text).not.toContain(secret)
      await type(session, '\x1b\x1b\x1b\x1b')
    }
  })

  test.each(['v', 'V'])(
    '%s shows the page with secrets masked, whatever the screen shows',
    async (key) => {
      const session = await show('login', { columns: 140, env: { PAGER: 'cat', EDITOR: 'cat' } })
      await type(session, 'k', '\r', 'h', 'u')
      await session.until('SECRETS VISIBLE')
      await session.until('verifier-one-that')
      const before = session.written.length
      session.type(key)
      const away = () => session.written.slice(before).split('\x1b[?1049l')[1]?.split('\x1b[?1049h')
      await session.until(() => away()?.length === 2)
      expect(away()![0]).toContain('‹code_verifier:')
      expect(away()![0]).not.toContain('verifier-one-that')
    },
  )

  test('a link is opened by a program that neither sees nor writes to the terminal', async () => {
    const path = mkdtempSync(join(tmpdir(), 'authtap-browser-'))
    onTestFinished(() => rmSync(path, { recursive: true }))
    const browser = join(path, 'xdg-open')
    writeFileSync(browser, `#!/bin/sh\necho NOISE; echo NOISE >&2; echo "$@" > ${path}/got\n`)
    chmodSync(browser, 0o700)
    const env = { DISPLAY: ':0', PATH: `${path}:/usr/bin:/bin` }
    const session = await show('login', { env })
    await type(session, '3', 'o')
    await session.until('Opened https://www.rfc-editor.org/rfc/rfc8707')
    await session.until(() => existsSync(join(path, 'got')))
    await session.quiet()
    expect(session.written).not.toContain('NOISE')
  })

  test('a link is copied where there is no program to open it', async () => {
    const session = await show('login', { env: { DISPLAY: ':0', PATH: '/nowhere' } })
    await type(session, '3', 'o')
    await session.until('is on the clipboard')
    expect(session.clipboard[0]).toMatch(/^https:\/\/www\.rfc-editor\.org\/rfc\/rfc8707/)
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

  test.each([
    [40, 8, true],
    [39, 8, false],
    [40, 7, false],
    [39, 7, false],
    [1, 1, false],
    [400, 100, true],
  ])('at %i×%i there is a screen: %s', async (columns, rows, fits) => {
    const session = await show('login')
    session.resize(columns, rows)
    if (fits) {
      await session.until('1 Live')
      await session.until(() => session.find('┌─ Exchanges')?.y === 2)
    } else if (columns === 1) await session.until(() => session.lines()[0] === 't')
    else await session.until(`too small: ${columns}×${rows}`)
    if (!fits && columns > 1) expect(session.text()).toContain('need 40×8')
    await session.quiet()
    // What is too small goes on, and is whole again.
    session.resize(100, 30)
    await session.until('┌─ Exchanges')
    await session.until(/┘\n.*help/)
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

  test('NO_COLOR keeps its look whatever a terminal says of its background', async () => {
    const session = await show('login', { env: { NO_COLOR: '1' } })
    const { x, y } = session.find('time     kind')!
    expect(session.cell(x, y).dim).toBe(true)
    // A key behind it, which has come once its message is there.
    await type(session, '\x1b]11;rgb:ffff/ffff/ffff\x1b\\', 'd')
    await session.until('Mark an exchange with m, select another, then d')
    expect(session.cell(x, y).dim).toBe(true)
  })

  test('without UTF-8 everything is ASCII', async () => {
    const session = await show('login', { env: { LANG: 'C' } })
    await type(session, '2')
    expect(session.text()).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test('a light terminal gets the light theme', async () => {
    const fails = async (COLORFGBG: string) => {
      const session = await show('login', { env: { COLORFGBG } })
      const at = session.find('FAIL')!
      return session.cell(at.x, at.y).fg
    }
    expect(await fails('0;15')).toBe('rgb c30000')
    expect(await fails('15;0')).toBe('rgb ff5f5f')
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
