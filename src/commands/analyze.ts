import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { capturePaths } from '../shell/sessions.ts'
import { type Captures, openCaptures } from '../shell/captures.ts'
import type { Context } from '../shell/context.ts'
import { type Judging, openJudging } from '../shell/judging.ts'
import { Progress } from '../shell/progress.ts'
import { chooseScreen } from '../shell/screen.ts'

/** Judges HAR files and transcripts as one session: in the terminal UI where there is one, and as text elsewhere. */
export async function analyze(context: Context, options: Options): Promise<number> {
  const paths = await capturePaths(context, options)
  if (paths.length === 0)
    throw new UserError(
      'EUSAGE',
      'analyze needs a capture: authtap analyze FILE…',
      'Use - for standard input.',
    )
  const plain = options.has('output') || paths.includes('-')
  const screen = await chooseScreen(context, options, plain)
  const progress = screen === undefined ? progressOf(context, options) : undefined
  progress?.say('reading')
  let captures: Captures | undefined
  try {
    captures = await openCaptures(paths)
    if (screen === undefined || captures.size === 0)
      return await print(captures, paths, { context, options, progress })
    const { showCaptures } = await import('../shell/analyze-screen.ts')
    return await showCaptures(context, options, { captures, paths, screen })
  } finally {
    progress?.end()
    screen?.stop()
    await captures?.close()
  }
}

/** None where ndjson is printed on the same terminal: one would be written over the other. */
function progressOf(context: Context, options: Options): Progress | undefined {
  const isShown = context.stdoutIsTerminal && !options.has('output')
  return isShown && options.text('format') === 'ndjson' ? undefined : new Progress(context)
}

interface Printing {
  readonly context: Context
  readonly options: Options
  readonly progress: Progress | undefined
}

/** As text or for programs, without a screen. */
async function print(
  captures: Captures,
  paths: readonly string[],
  { context, options, progress }: Printing,
): Promise<number> {
  const judging = await openJudging(context, options, {
    targets: captures.targets,
    live: false,
    labels: captures.labels,
    recorded: captures.recorded,
    inputs: paths.filter((path) => path !== '-'),
  })
  await learn(captures, judging, progress)
  await replay(captures, judging, { context, progress })
  progress?.end()
  const { complete, problems } = captures.outcome()
  if (!complete) judging.run.session.markIncomplete()
  for (const problem of problems) judging.say(problem)
  const { code } = await judging.finish()
  return code
}

/** What an early exchange quotes of a late one is known as a secret before either is told. */
async function learn(
  captures: Captures,
  judging: Judging,
  progress: Progress | undefined,
): Promise<void> {
  if (!judging.run.showsExchanges) return
  let count = 0
  for await (const exchange of captures.exchanges()) {
    judging.redactor.learn(exchange)
    count += 1
    progress?.say(`looking for secrets: ${count} of ${captures.size} exchanges`)
  }
}

/** Takes the exchanges in one after the other, none faster than the sinks can tell it; when asked to stop, no more. */
async function replay(
  captures: Captures,
  judging: Judging,
  { context, progress }: Pick<Printing, 'context' | 'progress'>,
): Promise<void> {
  let count = 0
  let stopped = false
  void context.ending.then(() => {
    stopped = true
  })
  for await (const exchange of captures.exchanges()) {
    const busy = judging.run.replay(exchange)
    if (busy !== undefined) await busy
    count += 1
    progress?.say(`judging: ${count} of ${captures.size} exchanges`)
    if (!stopped) continue
    judging.run.session.markIncomplete()
    judging.say('The rest of the capture was not read: asked to stop.')
    return
  }
}
