import { describe, expect, test } from 'vitest'
import { hintsFor } from '../../../src/tui/command/help.ts'
import { openPrompt, say } from '../../../src/tui/model/layers.ts'
import { Surface } from '../../../src/tui/term/frame.ts'
import { width } from '../../../src/tui/term/width.ts'
import {
  clickedAction,
  drawBottom,
  drawTabs,
  drawVerdict,
  tabPlaces,
} from '../../../src/tui/view/chrome.ts'
import type { Scene } from '../../../src/tui/view/scene.ts'
import { failedLogin } from '../fixtures/login.ts'
import { expectGolden } from '../fixtures/painted.ts'
import { drawn, told } from '../fixtures/told.ts'
import { loadRules } from '../../../src/rules.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'

const { rules } = await loadRules()

const sized = (scene: Scene, columns: number): Scene => ({ ...scene, size: { columns, rows: 24 } })

const tabs = (scene: Scene, columns: number) =>
  drawn(columns, 1, (frame) => drawTabs(frame, sized(scene, columns)))[0]!
const verdict = (scene: Scene, columns: number) =>
  drawn(columns, 2, (frame) => drawVerdict(frame, sized(scene, columns)))[1]!
const bottom = (scene: Scene, columns: number) =>
  drawn(columns, 1, (frame) => drawBottom(frame, sized(scene, columns)))[0]!

test('tabs, verdict and hints look as they should', async () => {
  const { scene, ui } = told()
  await expectGolden('chrome', { ...scene, hints: hintsFor(ui) }, (frame, scene) => {
    drawTabs(frame, scene)
    drawVerdict(frame, scene)
    drawBottom(frame, scene)
  })
})

test('hints and the verdict are clicked where they stand', () => {
  const { scene, ui } = told()
  const one = { ...sized(scene, 120), hints: hintsFor(ui) }
  const line = drawn(120, 1, (frame) => drawBottom(frame, one))[0]!
  const at = (text: string) => clickedAction(one, line.indexOf(text), 23)
  expect([at('? help'), at('help'), at('f filter'), at('p pause')]).toEqual([
    'help',
    'help',
    'filter',
    'pause',
  ])
  expect(clickedAction(one, 60, 1)).toBe('broken')
  expect(clickedAction(one, 0, 23)).toBeUndefined()
  // What stands there in their place is not to be clicked.
  say(ui, 'something')
  expect(at('? help')).toBeUndefined()
})

test('what is mended is counted neither at the tab nor as an error, and a click on it shows it', () => {
  const { scene, ui, model, tell } = told()
  const mended = [...model.findings.values()].map((finding) => ({
    ...finding,
    past: true as const,
  }))
  tell(mended.map((finding) => ({ type: 'finding', finding })))
  const first = { ...model.report!.firstBroken!, past: true as const }
  tell([{ type: 'report', report: { ...model.report!, verdict: 'pass', firstBroken: first } }])
  const one = { ...sized(scene, 120), hints: hintsFor(ui) }
  expect(tabPlaces(one).map(({ text }) => text.trim())[2]).toBe('3 Findings')
  expect(drawn(120, 1, (frame) => drawTabs(frame, one))[0]).not.toContain('✗')
  const line = drawn(120, 2, (frame) => drawVerdict(frame, one))[1]!
  expect(line).toMatch(/WORKS NOW .* R new attempt$/)
  expect(clickedAction(one, 20, 1)).toBe('broken')
  expect(clickedAction(one, line.indexOf('R new'), 1)).toBe('attempt')
})

describe('tabs', () => {
  test('stand where they are clicked', () => {
    const { scene } = told()
    const line = tabs(scene, 120)
    for (const { x, columns, text } of tabPlaces(sized(scene, 120)))
      expect(line.slice(x, x + columns)).toBe(text)
  })

  test('say how much there is, and are shorter where it is narrow', () => {
    const texts = (scene: Scene, columns: number) =>
      tabPlaces(sized(scene, columns)).map(({ text }) => text.trim())
    expect(texts(told().scene, 100)).toEqual([
      '1 Live',
      '2 Flow',
      '3 Findings 3',
      '4 Checklist 20/27',
    ])
    expect(texts(told().scene, 99)).toEqual(['1 Live', '2 Flow', '3 Find 3', '4 Check'])
    const two = told([
      ...failedLogin(),
      ...failedLogin('two').map((one) => ({ ...one, id: `b${one.id}` })),
    ])
    expect(texts(two.scene, 80)[1]).toMatch(/^2 Flow 2$/)
    expect(texts(told([], { capture: 'x.har' }).scene, 80)[0]).toBe('1 List')
  })

  test('have the way beside them where there is room, the URL whole or not at all', () => {
    const { scene } = told()
    expect(tabs(scene, 140)).toContain(' http://localhost:8484/mcp → https://mcp.example/mcp ')
    expect(tabs(scene, 110)).toMatch(/ http:\/\/localhost:8484\/mcp {2}● LIVE 7 ex ✗ 2$/)
    expect(tabs(scene, 80)).toMatch(/ http:\/\/localhost:8484\/mcp {2}● LIVE 7 ex ✗ 2$/)
    expect(tabs(scene, 76)).not.toContain('http')
  })

  test('say whether it is live, paused, ended or a capture', () => {
    const { scene, ui } = told()
    ui.state.over = true
    expect(tabs(scene, 80)).toMatch(/■ ENDED 7 ex ✗ 2$/)
    ui.state.over = false
    expect(tabs(scene, 80)).toMatch(/● LIVE 7 ex ✗ 2$/)
    ui.listing.pausedAt = 5
    expect(tabs(scene, 80)).toMatch(/PAUSED \+2 7 ex ✗ 2$/)
    expect(tabs(told(failedLogin(), { capture: 'x.har' }).scene, 80)).toMatch(
      / x\.har {2}CAPTURE 7 ex ✗ 2$/,
    )
  })

  test('never hide that secrets are visible, however narrow it is', () => {
    const { scene, ui } = told()
    ui.state.revealed = true
    expect(tabs(scene, 100)).toContain('SECRETS VISIBLE  ● LIVE')
    for (const columns of [40, 50, 60, 69, 70, 80])
      expect(tabs(scene, columns)).toContain('SECRETS')
  })
})

/** The rules that lead most often, in public reports and in the demo. */
const commonest = [
  'audience/aud-mismatch',
  'audience/aud-near-miss',
  'audience/resource-param-missing',
  'audience/resource-param-mismatch',
  'bearer/missing',
  'challenge/no-bearer-scheme',
  'challenge/resource-metadata-missing',
  'challenge/unparseable',
  'challenge/wrong-status',
  'discovery/asm-issuer-mismatch',
  'discovery/asm-missing',
  'discovery/metadata-not-json',
  'discovery/prm-missing',
  'discovery/prm-resource-mismatch',
  'pkce/challenge-missing',
  'pkce/verifier-missing',
  'refresh/request-widened',
  'registration/rejected',
  'token/error-response',
  'token/redirect-uri-mismatch',
]

describe('the verdict', () => {
  test('has the fact, and the key that goes there; in less room in fewer words', () => {
    const { scene } = told()
    expect(verdict(scene, 120)).toMatch(
      /^ ✗ FAIL {2}#6 token · AUTH SERVER · aud is https:\/\/api\.example, must be https:\/\/mcp\.example\/mcp +! go there$/,
    )
    expect(verdict(scene, 80)).toMatch(
      /^ ✗ FAIL {2}#6 token · AUTH SERVER · aud api\.example, want mcp\.example\/mcp +!$/,
    )
    for (let columns = 40; columns < 140; columns++)
      expect(width(verdict(scene, columns))).toBeLessThanOrEqual(columns)
  })

  test.each(commonest)('of %s is whole at 80 columns', (id) => {
    const rule = rules.find((one) => one.id === id)!
    const lines = rule.examples.bad.map(({ http }) => {
      const { scene, model, tell } = told(parseTranscript(http), { judgedBy: rules })
      const own = [...model.findings.values()].find((finding) => finding.rule === id)
      if (own === undefined) return undefined
      model.report = undefined
      for (const other of [...model.findings.values()])
        if (other.id !== own.id)
          tell([{ type: 'finding-withdrawn', 'finding-withdrawn': { id: other.id } }])
      tell([{ type: 'finding', finding: { ...own, severity: 'error', causedBy: null } }])
      return verdict(scene, 80)
    })
    // Values may be cut where they are long; that there are two of them, and which, is seen.
    const shown = lines.filter((line) => line !== undefined)
    expect(shown.filter((line) => /…$/.test(line.replace(/ +!.*$/, ''))).length).toBeLessThan(
      Math.max(1, shown.length),
    )
  })
})

describe('the bottom', () => {
  const hints = [
    { shown: '?', text: 'help', section: '' },
    { shown: '⏎', text: 'open', section: '' },
    { shown: 'f', text: 'filter', section: '' },
  ]

  test('has as many hints as fit, none of them cut', () => {
    const { scene } = told()
    const hinting = { ...scene, hints }
    expect(bottom(hinting, 40)).toBe(' ? help  ⏎ open  f filter')
    expect(bottom(hinting, 25)).toBe(' ? help  ⏎ open')
    expect(bottom(hinting, 26)).toBe(' ? help  ⏎ open  f filter')
  })

  test('says which filter holds, before the hints', () => {
    const { scene, ui } = told()
    ui.state.filter = 'kind:token'
    expect(bottom({ ...scene, hints }, 80)).toBe(
      ' filter kind:token (7 of 7)  ? help  ⏎ open  f filter',
    )
  })

  test('has a message in place of them, and what is typed in place of both', () => {
    const { scene, ui } = told()
    say(ui, 'word '.repeat(20), 'warning')
    expect(bottom({ ...scene, hints }, 40)).toMatch(/^ word word .*…$/)
    openPrompt(ui, 'search', 'abc')
    expect(bottom({ ...scene, hints }, 40)).toBe(' / abc')
    openPrompt(ui, 'palette', 'abc')
    expect(bottom({ ...scene, hints }, 40)).toContain('word')
  })

  test('shows the end of what is typed, with the cursor behind it', () => {
    const { scene, ui } = told()
    const typed = (text: string) => {
      openPrompt(ui, 'path', text)
      const surface = new Surface({ columns: 30, rows: 1, colours: 'mono', ascii: false })
      drawBottom(surface.frame(), scene)
      return {
        line: surface.cells
          .map((cell) => cell?.text)
          .join('')
          .trimEnd(),
        cursor: surface.cursor,
      }
    }
    expect(typed('a.har')).toEqual({ line: ' save as a.har', cursor: { x: 14, y: 0 } })
    const long = typed(`${'x'.repeat(40)}end`)
    expect(long.line).toMatch(/^ save as …x+end$/)
    expect(long.cursor!.x).toBe(width(long.line))
  })

  test('counts what the filter finds while it is typed, or says what is wrong with it', () => {
    const { scene, ui } = told()
    openPrompt(ui, 'filter', 'kind:')
    expect(bottom(scene, 60)).toMatch(/^ filter kind: +7 of 7 match$/)
    ui.state.filterProblem = 'kind: needs a value, and this is a very long sentence'
    expect(bottom(scene, 60)).toMatch(/^ filter kind: +kind: needs a value.*…$/)
  })
})
