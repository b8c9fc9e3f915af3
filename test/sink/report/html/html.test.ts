import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { html } from '../../../../src/sink/report/html/html.ts'
import { markup } from '../../../../src/sink/report/markup.ts'
import { broken, healthy, hostile, made } from '../judged.ts'
import { nestingFaults } from '../tags.ts'

const pages = {
  broken: made(html, broken),
  healthy: made(html, healthy),
  hostile: made(html, hostile),
}
const page = pages.broken

describe('a page', () => {
  test.each(Object.entries(pages))('of the %s capture is nested properly', (_, text) => {
    expect(nestingFaults(text, 'html')).toEqual([])
  })

  test('says the verdict, the cause, the fix and the sections of the specification', () => {
    expect(page).toContain('FAIL: The token step broke first. The authorization server has to act.')
    expect(page).toContain('audience/aud-mismatch')
    expect(page).toMatch(/<dt>Fix<\/dt><dd><strong>[A-Z]/)
    expect(page).toContain('href="https://www.rfc-editor.org/rfc/rfc8707#section-2"')
  })

  test('shows every exchange without a script, and the claims of the token beside what was expected', () => {
    expect(page.match(/<details class="exchange/g)).toHaveLength(broken.exchanges.length)
    expect(page).toMatch(
      /aud<\/th><td><code>https:\/\/elsewhere\.example<\/code><\/td><td>contains https:\/\/mcp\.example\/mcp<\/td><td><span class="tag fail">differs/,
    )
    expect(page).toMatch(/iss<\/th>.*<span class="tag pass">agrees/)
  })

  test('draws the sequence and marks the first broken step once', () => {
    expect(page.match(/✗ first broken step/g)).toHaveLength(1)
    expect(pages.healthy).not.toContain('✗ first broken step')
  })

  test('links each message of the diagram to an exchange that is there', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!)
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))
    expect(targets.filter((id) => !ids.has(id))).toEqual([])
    expect(targets.filter((id) => /^x\d/.test(id)).length).toBeGreaterThan(5)
  })
})

test('of a body no more is shown than anybody reads, and the cut is seen', () => {
  const [event] = broken.exchanges
  const body = { bytes: Buffer.from('x'.repeat(20_500)), dropped: 0 }
  const response = { ...event!.exchange.response!, headers: [], body }
  const exchanges = [{ ...event!, exchange: { ...event!.exchange, response } }]
  const text = made(html, { ...broken, exchanges } as typeof broken)
  const longest = Math.max(...text.match(/x{1000,}/g)!.map((run) => run.length))
  expect(longest).toBeGreaterThan(19_000)
  expect(longest).toBeLessThanOrEqual(20_000)
})

describe('what a page loads and runs', () => {
  test.each(Object.entries(pages))('%s: nothing from anywhere else', (_, text) => {
    expect(text).not.toMatch(/<(?:img|iframe|object|embed|link|base|image|use)\b/i)
    expect(text).not.toMatch(/\s(?:src|srcset|data|poster|action|formaction|style|on\w+)="/i)
    expect(text.replace(/<script>[^]*?<\/script>/g, '')).not.toMatch(/url\(|@import/)
  })

  test('its policy allows its own style and script by their hashes, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/
      .exec(page)![1]!
      .replaceAll('&#39;', "'")
    const hash = (name: string) =>
      createHash('sha256')
        .update(new RegExp(`<${name}>([^]*?)</${name}>`).exec(page)![1]!)
        .digest('base64')
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash('style')}'`,
      `script-src 'sha256-${hash('script')}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
  })

  test('the policy stands before everything that it governs', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
  })
})

describe('what peers wrote', () => {
  test('is text and nothing else', () => {
    const text = pages.hostile
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text.match(/<script>/g)).toHaveLength(1)
    expect(text).not.toContain('<img')
  })

  test('cannot hide or turn text round: control and bidi characters are spelled out', () => {
    expect(pages.hostile).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    )
    expect(pages.hostile).toContain('\\u{202e}')
  })

  test('names no anchor: ids are counted', () => {
    const ids = [...pages.hostile.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!)
    expect(ids.filter((id) => !/^[a-z]+\d*$/.test(id))).toEqual([])
  })
})

test('markup escapes strings, keeps markup, and leaves out what is false', () => {
  expect(
    markup`<p title="${'"<'}">${markup`<b>${1}</b>`}${false}${undefined}${['&', "'"]}</p>`.text,
  ).toBe('<p title="&quot;&lt;"><b>1</b>&amp;&#39;</p>')
})

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

describe.skipIf(chromium === undefined)(
  `in a browser${chromium === undefined ? ', not run: no Chromium is installed' : ''}`,
  () => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'authtap-page-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    async function browse(text: string, ...flags: readonly string[]): Promise<string> {
      const path = join(folder, 'page.html')
      await writeFile(path, text)
      const fixed =
        '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --enable-logging=stderr'
      return execFileSync(
        chromium!,
        [
          ...fixed.split(' '),
          `--user-data-dir=${join(folder, 'profile')}`,
          ...flags,
          pathToFileURL(path).href,
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      )
    }

    test(
      'the script runs under the policy: the search appears and counts',
      { timeout: 60_000 },
      async () => {
        const dom = await browse(page, '--dump-dom')
        expect(dom).toMatch(/<form class="search" role="search">/)
        expect(dom).toContain(
          `<output>${broken.exchanges.length} of ${broken.exchanges.length}</output>`,
        )
      },
    )

    test(
      'without the script the search stays hidden and the text is all there',
      { timeout: 60_000 },
      async () => {
        const dom = await browse(
          page.replace(/script-src [^;]*/, 'script-src &#39;none&#39;'),
          '--dump-dom',
        )
        expect(dom).toContain('role="search" hidden=""')
        expect(dom).toContain('audience/aud-mismatch')
      },
    )

    test('what peers wrote runs nothing', { timeout: 60_000 }, async () => {
      const probe = pages.hostile.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
      const dom = await browse(probe, '--dump-dom')
      expect(dom.match(/<script/g)).toHaveLength(1)
      expect(dom).not.toContain('<img')
    })

    test('it can be drawn and printed', { timeout: 60_000 }, async () => {
      await browse(page, `--screenshot=${join(folder, 'page.png')}`, '--window-size=1200,2400')
      await browse(page, `--print-to-pdf=${join(folder, 'page.pdf')}`)
      expect((await stat(join(folder, 'page.png'))).size).toBeGreaterThan(50_000)
      expect((await stat(join(folder, 'page.pdf'))).size).toBeGreaterThan(10_000)
    })
  },
)
