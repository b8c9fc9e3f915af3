import { randomBytes } from 'node:crypto'
import type { Exchange } from '../core/wire/exchange.ts'
import type { LabelFacts } from '../core/wire/label.ts'
import { type Redactor, createRedactor } from '../core/redact/redactor.ts'
import { clients } from '../core/clients/known.ts'
import type { Finding, Report } from '../core/verdict/report.ts'
import type { Revision } from '../core/verdict/rule.ts'
import type { FetchKeys } from '../core/wire/key-sets.ts'
import type { SessionOptions } from '../core/session.ts'
import { UserError } from '../errors.ts'
import { type FailOn, exitCodes, exitOf } from './exit.ts'
import { LiveMemory, keepHeapLow } from './heap.ts'
import type { Options } from './arguments.ts'
import { loadRules } from '../rules.ts'
import { Run } from '../run.ts'
import { version } from '../version.ts'
import type { Context } from './context.ts'
import { openVerifying } from './verifying.ts'
import { type Outputs, type OutputsSetup, openOutputs } from './outputs.ts'

/** What is known of a session before its first exchange. */
export interface Known {
  /** MCP endpoints. */
  readonly targets: readonly string[]
  /** Facts about removed values and findings that rest on them, out of captures of our own. */
  readonly labels?: Readonly<Record<string, LabelFacts>>
  readonly recorded?: readonly Finding[]
}

export interface JudgingSetup extends OutputsSetup, Known {
  /** Fetches keys through the proxy that runs, where --verify-tokens asks for that. */
  readonly fetchKeys?: FetchKeys
}

/** A run with its sinks set up by the flags, and the way to its exit code. */
export interface Judging extends Omit<Outputs, 'sinks' | 'close'> {
  readonly run: Run
  readonly redactor: Redactor
  take(exchange: Exchange): void
  /** Rejects with UserError (EOUTPUT, ELEAK) when a file that was asked for could not be written whole. */
  finish(): Promise<{ report: Report; code: number }>
  /** Ends without a report, such as when the proxy could not start; no half file stays behind. */
  abandon(): Promise<void>
}

export async function openJudging(
  context: Context,
  options: Options,
  setup: JudgingSetup,
): Promise<Judging> {
  if (setup.live) keepHeapLow()
  const session = await sessionOptions(options, setup)
  const redactor = createRedactor({
    key: randomBytes(32),
    off: options.has('with-secrets'),
    ...(setup.labels === undefined ? {} : { labels: setup.labels }),
  })
  const {
    sinks,
    close: closeOutputs,
    ...outputs
  } = await openOutputs(context, options, setup, redactor)
  const verifying = await openVerifying(options, setup.fetchKeys)
  const { fetchKeys } = verifying
  const memory = setup.live ? new LiveMemory(outputs.tell) : undefined
  const { broken } = outputs
  const run = new Run({ redactor, sinks, session, broken, hasRoom: memory?.hasRoom, fetchKeys })
  const close = async () => {
    await Promise.all([verifying.close(), closeOutputs()])
  }
  let answered = false
  return {
    ...outputs,
    run,
    redactor,
    take: (exchange) => {
      if (exchange.response !== undefined || exchange.handedOver === true) answered = true
      run.take(exchange)
    },
    abandon: () => run.abandon().finally(close),
    finish: async () => {
      memory?.end()
      // What is said is out before anybody hears that a file is not whole.
      const report = await run.finish().finally(close)
      const unanswered = setup.live && report.capture.exchanges > 0 && !answered
      const code = exitOf(report, options.text('fail-on') as FailOn, unanswered)
      return { report, code: outputs.hadBug() ? exitCodes.bug : code }
    },
  }
}

/** What the flags say of how to judge. Throws UserError (EUSAGE) for a rule to ignore that does not exist. */
export async function sessionOptions(
  options: Options,
  { targets, labels, recorded }: Known,
): Promise<SessionOptions> {
  const { rules, hash } = await loadRules(options.list('rules'))
  for (const id of options.list('ignore'))
    if (!rules.some((rule) => rule.id === id))
      throw new UserError('EUSAGE', `--ignore ${id}: there is no such rule.`, 'See authtap rules.')
  const timers = quietPeriods(options)
  const asClient = knownClient(options.text('as-client'))
  const revision = options.text('revision')
  return {
    rules,
    tool: { name: 'authtap', version, rules: hash },
    targets,
    ignore: options.list('ignore'),
    ...(revision === 'auto' ? {} : { revision: revision as Revision }),
    ...(timers === undefined ? {} : { timers }),
    ...(asClient === undefined ? {} : { asClient }),
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

/** Throws UserError (EUSAGE) for a client that nothing is known of. */
function knownClient(id: string | undefined): string | undefined {
  const ids = ['all', ...clients.map((client) => client.id)]
  if (id === undefined || ids.includes(id)) return id
  throw new UserError(
    'EUSAGE',
    `--as-client ${id}: no client of this name is known.`,
    `Use one of ${ids.join(', ')}.`,
  )
}
