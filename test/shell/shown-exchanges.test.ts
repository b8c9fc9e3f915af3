import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { curl } from '../../src/sink/report/curl.ts'
import { har } from '../../src/sink/report/har.ts'
import { html } from '../../src/sink/report/html/html.ts'
import type { WholeCapture } from '../../src/sink/report/judged-capture.ts'
import { md } from '../../src/sink/report/md/md.ts'
import { mermaid } from '../../src/sink/report/mermaid.ts'
import { sarif } from '../../src/sink/report/sarif.ts'
import { loginTranscript } from '../core/login.ts'
import { judgedFile, made } from '../sink/report/judged.ts'

const calls = 12_000

let folder: string
let capture: WholeCapture
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-large-'))
  const path = join(folder, 'large.har')
  await writeFile(path, JSON.stringify({ log: { creator: { name: 'x' }, entries: entries() } }))
  capture = await judgedFile(path)
})
afterAll(() => rm(folder, { recursive: true }))

/** A long session that logs in, works, and in the middle of it logs in to be refused, and at the end again. */
function entries() {
  const good = parseTranscript(loginTranscript())
  const call = good.at(-1)!
  const bad = parseTranscript(
    loginTranscript({ audience: 'https://elsewhere.example', refused: true }),
  )
  const half = Array.from({ length: calls / 2 }, () => call)
  const all: Exchange[] = [...good, ...half, ...bad, ...half]
  return all.map((one, index) =>
    toEntry(
      { ...one, id: `e${index + 1}`, startedAt: index * 1000, endedAt: index * 1000 + 5 },
      {},
    ),
  )
}

describe('of a very large capture', () => {
  test('documents get what tells most, in the order of time: all that is no ordinary call, and what findings cite', () => {
    const { exchanges, report } = capture
    expect(report.capture.exchanges).toBeGreaterThan(calls)
    expect(exchanges.length).toBeLessThan(5000)
    expect(report.verdict).toBe('fail')
    const shown = new Set(exchanges.map(({ exchange }) => exchange.id))
    const cited = report.findings.flatMap(({ evidence }) => evidence.map((one) => one.exchange))
    expect(cited.length).toBeGreaterThan(0)
    expect(cited.filter((id) => !shown.has(id))).toEqual([])
    const listed = report.flows.flatMap(({ steps }) => steps.map((step) => step.exchange))
    expect(listed.filter((id) => !shown.has(id))).toEqual([])
    const times = exchanges.map(({ exchange }) => exchange.startedAt)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('the HAR has every exchange, in its flow, as often as it is made', async () => {
    for (let round = 0; round < 2; round += 1) {
      let text = ''
      for await (const piece of har(capture)) text += piece
      const { log } = JSON.parse(text) as {
        log: { entries: { _authtap: { id: string; flow: string; step: string } }[] }
      }
      expect(log.entries.map(({ _authtap }) => _authtap.id)).toEqual(
        entries().map((_, index) => `e${index + 1}`),
      )
      expect(log.entries.every(({ _authtap }) => /^w\d+$/.test(_authtap.flow))).toBe(true)
      const kinds = new Map(log.entries.map(({ _authtap }) => [_authtap.id, _authtap.step]))
      for (const step of capture.report.flows.flatMap(({ steps }) => steps))
        expect(kinds.get(step.exchange)).toBe(step.kind)
    }
  })

  test('the page says how many exchanges it leaves out, and is no larger than a browser bears', () => {
    const page = made(html, capture)
    const shown = page.match(/<(?:details|p) class="exchange/g)!.length
    const all = capture.report.capture.exchanges
    expect(page).toContain(`${all - shown} exchanges of ${all} left out of this page`)
    expect(page.length).toBeLessThan(20_000_000)
  })

  test.each([
    ['md', md, 65_536],
    ['mermaid', mermaid, 100_000],
    ['curl', curl, 2_000_000],
    ['sarif', sarif, 2_000_000],
  ] as const)('%s stays small', (_, format, limit) => {
    expect(made(format, capture).length).toBeLessThan(limit)
  })
})
