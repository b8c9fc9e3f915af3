import { randomBytes } from 'node:crypto'
import type { Exchange } from '../core/exchange.ts'
import type { LabelFacts } from '../core/oauth-facts.ts'
import { type Redactor, createRedactor } from '../core/redact.ts'
import type { Finding, Report } from '../core/report.ts'
import type { Revision } from '../core/rule.ts'
import type { SessionOptions } from '../core/session.ts'
import { UserError } from '../errors.ts'
import { type FailOn, exitOf } from '../exit.ts'
import type { Options } from '../arguments.ts'
import { type Log, openLog } from '../log.ts'
import { Output } from '../output.ts'
import { loadRules } from '../rules.ts'
import { Run, type Sink } from '../run.ts'
import { HarSink } from '../sink/har-sink.ts'
import { NdjsonSink } from '../sink/ndjson.ts'
import { type Style, makeStyle, speaksUnicode, wantsColor } from '../sink/style.ts'
import { TextSink } from '../sink/text.ts'
import { version } from '../version.ts'
import type { Context } from './context.ts'

export interface JudgingSetup {
  /** MCP endpoints known beforehand. */
  readonly targets: readonly string[]
  /** Print what happens as it happens. */
  readonly live: boolean
  /** Standard output belongs to a client that was started. */
  readonly stdoutTaken?: boolean
  readonly labels?: Readonly<Record<string, LabelFacts>>
  readonly recorded?: readonly Finding[]
  /** Further sinks, such as a terminal UI or a journal, made once the redactor is there. */
  readonly more?: (redactor: Redactor) => readonly Sink[]
  /** Files that are read and must not be written over. */
  readonly inputs?: readonly string[]
  /** The terminal UI shows what text would print. */
  readonly noText?: boolean
}

/** A run with its sinks set up by the flags, and the way to its exit code. */
export interface Judging {
  readonly run: Run
  readonly redactor: Redactor
  readonly format: 'text' | 'ndjson' | 'json'
  readonly style: Style
  readonly log: Log
  /** Writes a line for people: to standard error where standard output carries data. */
  say(text: string): void
  /** Writes a line of ndjson, when that is the format. */
  line(value: unknown): void
  take(exchange: Exchange): void
  /** The reader of our output went away. */
  readonly readerGone: Promise<void>
  finish(): Promise<{ report: Report; code: number }>
}

export async function openJudging(
  context: Context,
  options: Options,
  setup: JudgingSetup,
): Promise<Judging> {
  const format = (options.text('format') ?? 'text') as Judging['format']
  const file = options.text('output')
  if (setup.stdoutTaken === true && format !== 'text' && file === undefined)
    throw new UserError(
      'EUSAGE',
      `--format ${format} needs --output FILE here: standard output belongs to the client.`,
      'Add --output.',
    )
  const loaded = await loadRules(options.list('rules'))
  const session = sessionOptions(options, { ...setup, ...loaded })
  const withSecrets = options.has('with-secrets')
  const redactor = createRedactor({
    key: randomBytes(32),
    off: withSecrets,
    ...(setup.labels === undefined ? {} : { labels: setup.labels }),
  })
  const out =
    file !== undefined
      ? await Output.file(file, withSecrets ? 0o600 : 0o644)
      : Output.standard(setup.stdoutTaken === true ? 2 : 1)
  const people = format === 'text' && file === undefined ? out : Output.standard(2)
  const readerGone = new Promise<void>((resolve) => {
    out.onGone = resolve
  })
  const isTerminal =
    file === undefined &&
    (setup.stdoutTaken === true ? context.stderrIsTerminal : context.stdoutIsTerminal)
  const style = makeStyle({
    color: wantsColor(context.env, isTerminal, options.has('no-color')),
    unicode: speaksUnicode(context.env, context.platform),
  })
  const log = openLog(options.text('log-level') ?? 'warn', options.text('log-file'))
  const sinks: Sink[] = [log, ...(setup.more?.(redactor) ?? [])]
  if (format === 'ndjson') sinks.push(new NdjsonSink(out.write))
  else if (format === 'json')
    sinks.push({
      event(event) {
        if (event.type === 'report') out.write(`${JSON.stringify(event.report, null, 2)}\n`)
      },
    })
  else if (setup.noText !== true)
    sinks.push(
      new TextSink(out.write, {
        style,
        checklist: options.has('checklist'),
        width: context.columns,
        live: setup.live,
      }),
    )
  const har = options.text('har')
  if (har !== undefined)
    sinks.push(await HarSink.open(har, redactor, { withSecrets, inputs: setup.inputs ?? [] }))
  const run = new Run({ redactor, sinks, session })
  let answered = false
  return {
    run,
    redactor,
    format,
    style,
    log,
    say: (text) => people.write(`${redactor.text(text)}\n`),
    line: (value) => {
      if (format === 'ndjson') out.write(`${JSON.stringify(redactor.value(value))}\n`)
    },
    take: (exchange) => {
      if (exchange.response !== undefined || exchange.handedOver === true) answered = true
      run.take(exchange)
    },
    readerGone,
    finish: async () => {
      const report = await run.finish()
      await Promise.all([out.close(), people.close()])
      const unanswered = setup.live && report.capture.exchanges > 0 && !answered
      return { report, code: exitOf(report, options.text('fail-on') as FailOn, unanswered) }
    },
  }
}

/** What the flags say of how to judge. Throws UserError (EUSAGE) for a rule to ignore that does not exist. */
export function sessionOptions(
  options: Options,
  {
    rules,
    hash,
    targets,
    labels,
    recorded,
  }: Pick<JudgingSetup, 'targets' | 'labels' | 'recorded'> & Awaited<ReturnType<typeof loadRules>>,
): SessionOptions {
  for (const id of options.list('ignore'))
    if (!rules.some((rule) => rule.id === id))
      throw new UserError('EUSAGE', `There is no rule ${id} to ignore.`, 'See authtap rules.')
  const timers = quietPeriods(options)
  const revision = options.text('revision')
  return {
    rules,
    tool: { name: 'authtap', version, rules: hash },
    targets,
    ignore: options.list('ignore'),
    ...(revision === 'auto' ? {} : { revision: revision as Revision }),
    ...(timers === undefined ? {} : { timers }),
    ...(labels === undefined ? {} : { labels }),
    ...(recorded === undefined ? {} : { recorded }),
  }
}

/** One number in place of the three timers. */
function quietPeriods(options: Options) {
  const seconds = options.number('quiet-period', 0, 86_400)
  if (seconds === undefined) return undefined
  const milliseconds = seconds * 1000
  return { backChannel: milliseconds, firstUse: milliseconds, user: milliseconds }
}
