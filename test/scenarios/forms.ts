import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import type { SessionOptions } from '../../src/core/session.ts'
import type { FlowOutcome, Report } from '../../src/core/verdict/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { loadRules } from '../../src/rules.ts'
import { Run } from '../../src/run.ts'
import { openCaptures } from '../../src/shell/captures.ts'
import { HarSink } from '../../src/sink/file/har-sink.ts'
import { openJournalFile } from '../../src/sink/file/journal.ts'
import { JournalSink } from '../../src/sink/file/journal-sink.ts'
import { startReverse } from '../../src/tap/reverse.ts'

/** What is told of one session, judged as it happened or out of a file. */
export interface Judged {
  readonly form: string
  readonly report: Report
}

const { rules, hash } = await loadRules()

function sessionOf(more: Partial<SessionOptions>): SessionOptions {
  return { rules, tool: { name: 'authtap', version: 'test', rules: hash }, ...more }
}

/** What a session is written to while it happens. */
interface Writing {
  take(exchange: Exchange): void
  /** Judges what was taken, and what was written, in every form. */
  finish(): Promise<Judged[]>
}

async function write(targets: readonly string[]): Promise<Writing> {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-scenario-'))
  // What a failed scenario was recorded in stays, to be looked at.
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(`${task.name}: see ${folder}`)
    else await rm(folder, { recursive: true })
  })
  const at = (name: string) => join(folder, name)
  const redactor = createRedactor({ key: randomBytes(32) })
  const journal = new JournalSink({
    open: () => openJournalFile(at('journal.ndjson')),
    redactor,
    targets,
    startedAt: Date.now(),
    trouble: ({ text }) => expect.unreachable(text),
  })
  const redacted = await HarSink.open(at('redacted.har'), redactor, { withSecrets: false })
  const run = new Run({ session: sessionOf({ targets }), redactor, sinks: [journal, redacted] })
  const off = createRedactor({ key: randomBytes(32), off: true })
  const saved = await HarSink.open(at('saved.har'), off, { withSecrets: true })
  const saving = new Run({ session: sessionOf({ targets }), redactor: off, sinks: [saved] })
  return {
    take: (exchange) => {
      run.take(exchange)
      saving.take(exchange)
    },
    finish: async () => {
      const live = await run.finish()
      await saving.finish()
      const judged: Judged[] = [{ form: 'live', report: live }]
      for (const name of ['saved.har', 'redacted.har', 'journal.ndjson']) {
        judged.push({ form: name, report: await analyzed(at(name)) })
        const stripped = at(`stripped-${name}`)
        await writeFile(stripped, strip(await readFile(at(name), 'utf8')))
        judged.push({ form: `${name}, stripped`, report: await analyzed(stripped) })
      }
      return judged
    },
  }
}

async function analyzed(path: string): Promise<Report> {
  const captures = await openCaptures([path])
  try {
    const { targets, labels, recorded } = captures
    const redactor = createRedactor({ key: randomBytes(32), labels })
    const session = sessionOf({ targets, labels, recorded })
    const run = new Run({ session, redactor, sinks: [] })
    await run.replay(captures, { say: () => {}, stopped: false })
    return await run.finish()
  } finally {
    await captures.close()
  }
}

/** A capture as another tool would have made it of the same traffic: nothing in its entries is authtap's. */
function strip(text: string): string {
  const ours = new Set(['_authtap', 'connection', '_connectionId'])
  const bare = (entry: object) =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => !ours.has(name)))
  if (!text.startsWith('{"schema"')) {
    const { log } = JSON.parse(text) as { log: { entries: object[] } }
    return JSON.stringify({ log: { ...log, entries: log.entries.map(bare) } })
  }
  const lines = text.split('\n').filter((line) => line !== '')
  return lines
    .map((line) => JSON.parse(line) as { entry?: object })
    .map((line) => (line.entry === undefined ? line : { ...line, entry: bare(line.entry) }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

type Play = (urls: readonly string[]) => Promise<void>

/**
 * Plays a scenario through authtap, which stands in front of these MCP servers.
 * @param before played out of its sight: before authtap was restarted, on the ports that it remembers
 */
export async function watched(
  targets: readonly string[],
  play: Play,
  before: Play = () => Promise.resolve(),
): Promise<Judged[]> {
  const writing = await write(targets)
  let watchedSince = Infinity
  const emit = (exchange: Exchange) => {
    if (exchange.startedAt >= watchedSince) writing.take(exchange)
  }
  const tap = await startReverse({ targets, port: 0, emit, notice: () => undefined })
  const urls = tap.listening.urls.map(({ url }) => url)
  try {
    await before(urls)
    watchedSince = Date.now()
    await play(urls)
  } finally {
    await tap.stop()
  }
  return writing.finish()
}

/** The same for a scenario of which there is but a transcript. */
export async function told(
  exchanges: readonly Exchange[],
  targets: readonly string[],
): Promise<Judged[]> {
  const writing = await write(targets)
  exchanges.forEach(writing.take)
  return writing.finish()
}

export interface Expected {
  readonly verdict?: Report['verdict']
  /** How the logins ended, in their order. Who only looked is none. */
  readonly logins: readonly FlowOutcome[]
  /** Rules that found what was true once, and has been mended since. */
  readonly past?: readonly string[]
}

/** Every form of the session tells of these logins, in this verdict, and of nobody's fault. */
export function expectHealthy(
  judged: readonly Judged[],
  { verdict = 'pass', logins, past = [] }: Expected,
): void {
  const brief = judged.map(({ form, report }) => {
    const alarms = report.findings.filter(({ severity }) => severity !== 'info')
    return {
      form,
      verdict: report.verdict,
      logins: report.flows.flatMap(({ outcome }) => (outcome === 'looked' ? [] : [outcome])),
      faults: alarms
        .filter((finding) => finding.past !== true)
        .map((finding) => `${finding.severity} ${finding.rule}: ${finding.message}`),
      past: alarms.filter((finding) => finding.past === true).map(({ rule }) => rule),
      crashes: report.outcomes.crash,
    }
  })
  expect(brief).toEqual(
    judged.map(({ form }) => ({ form, verdict, logins, faults: [], past, crashes: 0 })),
  )
}
