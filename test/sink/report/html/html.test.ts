import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { html } from '../../../../src/sink/report/html/html.ts'
import { markup, sentenceMarkup } from '../../../../src/sink/report/markup.ts'
import { chromium, unlessInstalled } from '../../../peers/chromium.ts'
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

  test('tells verdict, cause, fix and evidence before the diagram, and then what else was found', () => {
    const places = [
      '<h1>',
      'id="cause"',
      '<dt>Fix',
      '<dt>Evidence',
      'id="sequence"',
      'id="findings"',
    ]
    const found = places.map((place) => page.indexOf(place))
    expect(found).toEqual(found.toSorted((a, b) => a - b))
    expect(found[0]).toBeGreaterThan(0)
    expect(pages.healthy).not.toContain('id="cause"')
  })

  test('marks an exchange that is at fault, although it was answered with 200', () => {
    expect(page).toMatch(
      /data-ok="no">\n<summary>✗ <strong>\d+<\/strong> token[^\n]*200[^\n]*first broken step/,
    )
  })

  test('shows the two values that disagree', () => {
    expect(page).toMatch(
      /Found<\/th><td><code>https:\/\/elsewhere\.example<\/code>[^]*?Expected<\/th><td><code>https:\/\/mcp\.example\/mcp</,
    )
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

describe('what is alike', () => {
  const [, , , , , , , call] = healthy.exchanges

  const likes = (count: number, text: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => {
      const response = {
        ...call!.exchange.response!,
        body: { bytes: Buffer.from(text(n)), dropped: 0 },
      }
      return { ...call!, exchange: { ...call!.exchange, id: `l${n}`, response } }
    })
  const withMore = (more: ReturnType<typeof likes>) =>
    made(html, { ...healthy, exchanges: [...healthy.exchanges, ...more] } as typeof healthy)

  test('is shown whole a few times, and then a line each, folded', () => {
    const text = withMore(likes(30, (n) => `{"n":${n}}`))
    expect(nestingFaults(text, 'html')).toEqual([])
    expect(text.match(/<details class="exchange/g)!.length).toBeLessThan(
      healthy.exchanges.length + 9,
    )
    expect(text).toMatch(/<summary>\d+ exchanges like others here<\/summary>/)
    expect(text.match(/ id="x\d+"/g)).toHaveLength(healthy.exchanges.length + 30)
  })

  test('is said to have come at no known time where there is none', () => {
    const more = likes(30, String).map(({ exchange, ...event }) => ({
      ...event,
      exchange: { ...exchange, startedAt: NaN, endedAt: undefined },
    }))
    expect(withMore(more as never)).toContain('<span class="soft">unknown, like ')
  })

  test('a body that stood already is not told again', () => {
    const long = JSON.stringify({ text: 'y'.repeat(1000) })
    const text = withMore(likes(3, () => long))
    expect(text.match(/y{1000}/g)).toHaveLength(1)
    expect(text.match(/The same body as in <a href="#x\d+">/g)).toHaveLength(2)
  })

  test('keeps a page within a megabyte, whatever was captured', () => {
    const more = likes(3000, (n) => JSON.stringify({ n, text: `${n}`.repeat(5000) }))
    const different = more.map((event, n) => {
      const request = { ...event.exchange.request, url: `https://mcp.example/${n}` }
      return { ...event, exchange: { ...event.exchange, request } }
    })
    const text = withMore(different)
    expect(text.length).toBeLessThan(1_000_000)
    // What there was no room for is not said to be like anything.
    expect(text).not.toContain('like others here')
    expect(text).toMatch(/<summary>\d+ exchanges, a line each: this page has no room for all/)
    expect(text).toContain(', whole in the HAR alone</span></p>')
  })
})

describe('metadata that is looked for where there is none', () => {
  const found = healthy.exchanges.find(({ step }) => step.kind === 'resource-metadata')!
  const { id } = found.exchange
  const flows = healthy.report.flows.map((flow) => ({
    ...flow,
    steps: flow.steps.map((step) =>
      step.exchange === id ? { ...step, ok: false, summary: 'resource metadata: 404' } : step,
    ),
  }))
  const exchanges = healthy.exchanges.map((event) =>
    event === found ? { ...event, step: { ...event.step, ok: false } } : event,
  )
  const report = { ...healthy.report, flows }
  const text = (findings: typeof report.findings) =>
    made(html, { ...healthy, exchanges, report: { ...report, findings } } as typeof healthy)

  test('is no failure, unless a finding minds it', () => {
    expect(text(report.findings)).not.toMatch(/✗ 404|data-ok="no"/)
    const [finding] = broken.report.findings
    const evidence = [{ exchange: id, at: 'response.status', text: '404' }]
    expect(text([{ ...finding!, evidence }])).toMatch(/✗ 404[^]*data-ok="no"/)
  })
})

test('of a token that came in the place of another only what is new is told', () => {
  const [label, facts] = Object.entries(healthy.labels).find(([, one]) => one.claims !== undefined)!
  const brought = healthy.exchanges.find(({ step }) => step.kind === 'token')!
  const renewed = '‹access_token:00000000000000aa›'
  const claims = { ...facts.claims, scope: 'less', exp: 4_000_000_000 }
  const bytes = Buffer.from(JSON.stringify({ access_token: renewed }))
  const response = { ...brought.exchange.response!, body: { bytes, dropped: 0 } }
  const later = { ...brought, exchange: { ...brought.exchange, id: 'later', response } }
  const text = made(html, {
    ...healthy,
    labels: { [label]: facts, [renewed]: { ...facts, claims } },
    exchanges: [...healthy.exchanges, later],
  } as typeof healthy)
  expect(text.match(/<h3 class="mono">‹access_token/g)).toHaveLength(1)
  const [row] = /<tr><th scope="row" class="mono">‹access_token:00000000000000aa›.*/.exec(text)!
  expect(row).toContain('<span class="mono">scope</span> was <code>')
  expect(row).toContain('is <code>less</code>')
  expect(row).not.toContain('exp</span>')
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

test('a sentence of a rule has its code marked, and nothing else', () => {
  expect(sentenceMarkup('Send `a <b>` now').text).toBe('Send <code>a &lt;b&gt;</code> now')
  expect(sentenceMarkup('one ` alone').text).toBe('one ` alone')
})

test('markup escapes strings, keeps markup, and leaves out what is false', () => {
  expect(
    markup`<p title="${'"<'}">${markup`<b>${1}</b>`}${false}${undefined}${['&', "'"]}</p>`.text,
  ).toBe('<p title="&quot;&lt;"><b>1</b>&amp;&#39;</p>')
})

describe.skipIf(chromium === undefined)(`in a browser${unlessInstalled}`, () => {
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
})
