import { randomBytes } from 'node:crypto'
import { type Redactor, createRedactor } from '../core/redact/redactor.ts'
import type { Report } from '../core/verdict/report.ts'
import { safe } from '../core/wire/safe-text.ts'
import { UserError } from '../errors.ts'
import { Run } from '../run.ts'
import type { Options } from '../shell/arguments.ts'
import type { Context } from '../shell/context.ts'
import { type FailOn, exitOf } from '../shell/exit.ts'
import { sessionOptions } from '../shell/judging.ts'
import { print } from '../shell/output.ts'
import { verdictLine } from '../sink/report/verdict-line.ts'
import { probeRecorder } from '../tap/probe/asker.ts'
import type { Look } from '../tap/probe/look.ts'
import type { ProbeOptions } from '../tap/probe/options.ts'
import { probe } from '../tap/probe/probe.ts'

/** What is the same for every server, and in every round. */
export type ProbeSettings = Omit<
  ProbeOptions,
  'target' | 'recorder' | 'connection' | 'emit' | 'tell'
>

/** By itself it looks again after so long, in milliseconds: an honest guest comes no more often. */
const interval = 60_000

/** Whether to look again and again. Throws UserError (EUSAGE) where that cannot be. */
export function watching(options: Options, targets: readonly string[]): boolean {
  if (!options.has('watch')) return false
  const others = ['login', 'client-credentials', 'output', 'har']
  const other = others.find((name) => options.has(name))
  if (other === undefined && targets.length === 1 && options.text('format') === 'text') return true
  throw new UserError(
    'EUSAGE',
    '--watch is for one server, as text on a terminal, without a login.',
    `Leave out ${other === undefined ? '--watch' : `--${other}`}.`,
  )
}

/** What was seen and found, in lines that are the same when nothing changed. */
export function snapshot(looks: readonly Look[], report: Report, redactor: Redactor): string[] {
  const { verdict, text } = verdictLine(report)
  const lines = [
    ...looks.map((look) => `${look.part}: ${look.text.replace(/ in \d+ ms$/, '')}`),
    ...report.findings.map(({ rule, message }) => `${rule}: ${message}`),
    `${verdict}: ${text}`,
  ]
  // Labels are new in every round.
  return lines.map((line) => redactor.text(line).replace(/‹([a-z0-9_]+):[0-9a-f]{16}›/g, '‹$1›'))
}

interface Watched {
  readonly settings: ProbeSettings
  readonly target: string
  readonly before: readonly string[]
  /** What the first look came to. */
  readonly code: number
}

/** Looks again after Enter, or after a minute, and tells what changed, until it is ended. */
export async function watch(
  context: Context,
  options: Options,
  { settings, target, before, code: first }: Watched,
): Promise<number> {
  await print('\nWatching: Enter looks again, Ctrl-C ends.\n')
  let known = before
  let code = first
  while (await isToLookAgain(context)) {
    const { lines, report, isUnanswered } = await look(options, settings, target)
    const gone = known.filter((line) => !lines.includes(line)).map((line) => `- ${line}`)
    const come = lines.filter((line) => !known.includes(line)).map((line) => `+ ${line}`)
    const time = new Date().toTimeString().slice(0, 8)
    const changes = [...gone, ...come]
    const told = changes.length === 0 ? ['nothing changed'] : changes
    await print(`${[time, ...told].map((line) => safe(line)).join('\n  ')}\n`)
    known = lines
    code = exitOf(report, options.text('fail-on') as FailOn, isUnanswered)
  }
  return code
}

async function look(options: Options, settings: ProbeSettings, target: string) {
  const redactor = createRedactor({ key: randomBytes(32) })
  const run = new Run({
    session: await sessionOptions(options, { targets: [target] }),
    redactor,
    sinks: [],
  })
  const looks: Look[] = []
  let isUnanswered = true
  await probe({
    ...settings,
    target,
    recorder: probeRecorder(),
    connection: 'check-1',
    emit: (exchange) => {
      if (exchange.response !== undefined) isUnanswered = false
      run.take(exchange)
    },
    tell: (one) => looks.push(one),
  })
  const report = await run.finish()
  return { lines: snapshot(looks, report, redactor), report, isUnanswered }
}

/** False when it is to end. */
function isToLookAgain({ ending }: Context): Promise<boolean> {
  return new Promise((resolve) => {
    const decide = (again: boolean) => {
      clearTimeout(timer)
      process.stdin.off('data', press)
      process.stdin.pause()
      resolve(again)
    }
    const press = () => decide(true)
    const timer = setTimeout(press, interval)
    process.stdin.on('data', press)
    process.stdin.resume()
    void ending.then(() => decide(false))
  })
}
