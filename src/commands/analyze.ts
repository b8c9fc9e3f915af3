import { basename } from 'node:path'
import { sentence } from '../core/verdict/words.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { type Captures, compareCaptures, openCaptures } from '../shell/captures.ts'
import type { Context } from '../shell/context.ts'
import { type Judging, openJudging } from '../shell/judging.ts'
import { Progress } from '../shell/progress.ts'
import { type Screen, chooseScreen } from '../shell/screen.ts'
import { capturePaths } from '../shell/sessions.ts'

const notLive =
  'This is a capture: no proxy runs that could send the request, and the secrets in it were removed.'

/** Judges HAR files and transcripts as one session: in the terminal UI where there is one, and as text elsewhere. */
export async function analyze(context: Context, options: Options): Promise<number> {
  const paths = await capturePaths(context, options)
  if (paths.length === 0)
    throw new UserError(
      'EUSAGE',
      'analyze needs a capture, as in authtap analyze FILE.',
      'Use - for standard input.',
    )
  const plain = options.has('output') || paths.includes('-')
  const screen = await chooseScreen(context, options, plain)
  const progress = new Progress(context, sharesTerminal(context, options))
  if (screen === undefined) progress.say('reading')
  let captures: Captures | undefined
  try {
    captures = await openCaptures(paths)
    const shown = captures.size === 0 ? undefined : screen
    return await judge(captures, { context, options, paths, progress, screen: shown })
  } finally {
    progress.end()
    screen?.stop()
    await captures?.close()
  }
}

/** Where ndjson is printed on the same terminal, progress would be written over it. */
function sharesTerminal(context: Context, options: Options): boolean {
  const isShown = context.stdoutIsTerminal && !options.has('output')
  return isShown && options.text('format') === 'ndjson'
}

interface Asked {
  readonly context: Context
  readonly options: Options
  readonly paths: readonly string[]
  readonly progress: Progress
  readonly screen: Screen | undefined
}

async function judge(captures: Captures, asked: Asked): Promise<number> {
  const { context, options, paths, screen } = asked
  const { targets, labels, recorded } = captures
  const judging = await openJudging(context, options, {
    targets,
    labels,
    recorded,
    live: false,
    inputs: paths.filter((path) => path !== '-'),
    ...(screen === undefined ? {} : { screen }),
  })
  await replay(captures, judging, asked).catch(async (error: unknown) => {
    await judging.abandon()
    throw error
  })
  const { code } = await judging.finish()
  return screen?.code ?? code
}

/** Shows the captures while they are judged, where there is a screen, until it is quit. */
async function replay(
  captures: Captures,
  judging: Judging,
  { context, paths, progress, screen }: Asked,
): Promise<void> {
  if (screen !== undefined) open(screen, captures, judging, paths)
  const done = await judging.run.replay(captures, {
    say: (doing) => {
      screen?.progress(sentence(doing))
      // Said on the normal screen once the other is closed.
      progress.say(screen?.isOpen === true ? '' : doing)
    },
    get stopped() {
      return progress.stopped
    },
  })
  progress.end()
  judging.run.settle()
  const problems = problemsOf(captures, done)
  for (const problem of problems) judging.say(problem)
  if (screen === undefined) return
  screen.progress(undefined)
  await Promise.race([context.ending, screen.ended])
  screen.stop()
  // What was said on the other screen is gone with it.
  for (const problem of problems) judging.say(problem)
}

function open(
  screen: Screen,
  { targets }: Captures,
  judging: Judging,
  paths: readonly string[],
): void {
  void screen.ended.then(() => screen.stop())
  screen.open({
    ...judging,
    targets: judging.redactor.value(targets),
    urls: [],
    capture: paths.map((path) => basename(path)).join(', '),
    sources: paths,
    ...(paths.length !== 2
      ? {}
      : {
          compareCaptures: () =>
            compareCaptures(
              { a: paths[0]!, b: paths[1]! },
              { a: basename(paths[0]!), b: basename(paths[1]!) },
              judging.redactor,
            ),
        }),
    replay: () => notLive,
  })
}

/** Each is said once, however often the captures were gone through. */
function problemsOf(captures: Captures, done: boolean): string[] {
  const rest = done
    ? []
    : ['The rest of the capture was not read, because authtap was asked to stop.']
  return [...new Set(captures.outcome().problems), ...rest]
}
