import type { Exchange } from '../core/exchange.ts'
import { member } from '../core/json.ts'
import { stringsMember } from '../core/json.ts'
import type { LabelFacts } from '../core/oauth-facts.ts'
import type { Finding } from '../core/report.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../arguments.ts'
import { capturePaths } from '../sessions.ts'
import { readCapture } from '../tap/har-file.ts'
import type { Context } from './context.ts'
import { openJudging } from './judging.ts'
import { recordedFindings, recordedLabels } from './recorded.ts'

/** Judges HAR files and transcripts as one session. */
export async function analyze(context: Context, options: Options): Promise<number> {
  const paths = await capturePaths(context, options)
  if (paths.length === 0)
    throw new UserError(
      'EUSAGE',
      'analyze needs a capture: authtap analyze FILE…',
      'Use - for standard input.',
    )
  const captures = await readCaptures(paths)
  const judging = await openJudging(context, options, {
    targets: captures.targets,
    live: false,
    labels: captures.labels,
    recorded: captures.recorded,
    inputs: paths.filter((path) => path !== '-'),
  })
  for (const exchange of captures.exchanges) judging.take(exchange)
  if (!captures.complete) judging.run.session.markIncomplete()
  for (const problem of captures.problems) judging.say(problem)
  const { code } = await judging.finish()
  return code
}

export interface Captures {
  readonly exchanges: readonly Exchange[]
  readonly complete: boolean
  readonly problems: readonly string[]
  /** MCP endpoints that recorded sessions were started for. */
  readonly targets: readonly string[]
  /** Facts about removed values and findings that rest on them, out of captures of our own. */
  readonly labels: Record<string, LabelFacts>
  readonly recorded: readonly Finding[]
}

/** Reads several files into one session, in the order of time. */
export async function readCaptures(paths: readonly string[]): Promise<Captures> {
  const captures = []
  for (const [index, path] of paths.entries())
    captures.push(await readCapture(path, paths.length > 1 ? { prefix: `${index + 1}.` } : {}))
  const own = captures.map(({ authtap }) => authtap)
  return {
    exchanges: captures
      .flatMap(({ exchanges }) => exchanges)
      .sort((a, b) => a.startedAt - b.startedAt),
    complete: captures.every(({ complete }) => complete),
    problems: captures.flatMap(({ problems }) => problems),
    targets: own.flatMap((one) => stringsMember(one, 'targets') ?? []),
    labels: Object.assign({}, ...own.map((one) => recordedLabels(member(one, 'labels')))) as Record<
      string,
      LabelFacts
    >,
    recorded: own.flatMap((one) => recordedFindings(member(one, 'report'))),
  }
}
