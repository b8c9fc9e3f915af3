import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { batches, cleanOf, refuseInputs, writeWhole } from '../sink/file/whole.ts'
import { LastScan } from '../sink/file/last-scan.ts'
import { exitCodes } from '../shell/exit.ts'
import { Output } from '../shell/output.ts'
import { capturePaths } from '../shell/sessions.ts'
import { curl } from '../sink/report/curl.ts'
import { har } from '../sink/report/har.ts'
import { html } from '../sink/report/html/html.ts'
import { json } from '../sink/report/json.ts'
import { junit } from '../sink/report/junit.ts'
import type { Format, WholeFormat } from '../sink/report/judged-capture.ts'
import { md } from '../sink/report/md/md.ts'
import { mermaid } from '../sink/report/mermaid.ts'
import { sarif } from '../sink/report/sarif.ts'
import { verdictLine } from '../sink/report/verdict-line.ts'
import { safe } from '../core/wire/safe-text.ts'
import type { Context } from '../shell/context.ts'
import { type Judged, judgeCaptures } from '../shell/judge-files.ts'
import { Progress } from '../shell/progress.ts'

const formats: Readonly<Record<string, AnyFormat>> = {
  curl,
  har,
  html,
  json,
  junit,
  md,
  mermaid,
  sarif,
}

/** Makes a shareable artefact of captures: judged as one session, redacted, in the format that was asked for. */
export async function report(context: Context, options: Options): Promise<number> {
  if (options.positionals.length === 0)
    throw new UserError(
      'EUSAGE',
      'report needs a capture, as in authtap report FILE --format md.',
      'Use - for standard input.',
    )
  return make(context, options, formats[options.text('format')!]!)
}

/** Any HAR file in, a redacted one out, with the verdict inside. */
export async function redact(context: Context, options: Options): Promise<number> {
  if (options.positionals.length !== 1)
    throw new UserError(
      'EUSAGE',
      'redact takes one HAR file, as in authtap redact FILE.',
      'Use - for standard input, and --output FILE for the result.',
    )
  return make(context, options, har)
}

type AnyFormat = Format | WholeFormat

async function make(context: Context, options: Options, format: AnyFormat): Promise<number> {
  const progress = new Progress(context)
  let judged: Judged | undefined
  try {
    const paths = await capturePaths(context, options)
    // Told before the work, not after it.
    await refuseInputs(options.text('output')!, paths)
    judged = await judgeCaptures(paths, options, progress)
    const done = judged !== undefined && (await release(judged, options, format, progress))
    if (done) {
      progress.end()
      const target = options.text('output')!
      if (target !== '-') process.stderr.write(`${writtenLine(target, judged!.capture)}\n`)
      return exitCodes.fine
    }
  } finally {
    progress.end()
    await judged?.close()
  }
  // Asked to stop: 128 and the number of the signal.
  return progress.signal === 'SIGTERM' ? 143 : 130
}

/** What is in the file: a session that saw nothing is not recorded, so `@last` may be of another server than one thinks. */
function writtenLine(target: string, { report, targets, exchanges }: Judged['capture']): string {
  const startedAt = exchanges[0]?.exchange.startedAt
  const about = [
    verdictLine(report).verdict,
    ...new Set(targets.map(safe)),
    ...(startedAt === undefined ? [] : [`recorded ${minute(startedAt)} UTC`]),
  ]
  return `${target}: ${about.join(', ')}. Labels stand in place of secrets, so it can be sent to anybody.`
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

/** Writes the artefact where it is wanted, but only when no secret is left in it. False when asked to stop. */
async function release(
  { capture: judged, redactor, problems, lines }: Judged,
  options: Options,
  format: AnyFormat,
  progress: Progress,
): Promise<boolean> {
  const target = options.text('output')!
  const scan = new LastScan(redactor)
  const capture = format === sarif ? { ...judged, lines: await lines() } : judged
  progress.say('writing')
  const inputs = capture.sources.filter((path) => path !== '-')
  const make = () => turns(format(capture), progress)
  const stopped = () => progress.signal !== undefined
  const done =
    target === '-'
      ? await printClean(make(), scan, progress)
      : await writeWhole(target, make, { scan, stopped, inputs })
  const blanked = scan.told(target === '-' ? 'what was printed' : target)
  const told = blanked === undefined ? problems : [...problems, blanked]
  if (done) for (const problem of told) process.stderr.write(`${problem}\n`)
  return done
}

/** Lets signals and timers have their turn. */
async function* turns(pieces: ReturnType<AnyFormat>, progress: Progress) {
  for await (const piece of pieces) {
    yield piece
    await progress.pause()
  }
}

async function printClean(
  pieces: AsyncIterable<string>,
  scan: LastScan,
  progress: Progress,
): Promise<boolean> {
  const out = Output.standard(1)
  let gone = false
  out.onGone = () => {
    gone = true
  }
  for await (const piece of batches(pieces)) {
    out.write(cleanOf('What is printed', piece, scan))
    await out.close()
    // A reader that has seen enough is no failure.
    if (gone) return true
    if (await progress.pause()) return false
  }
  return true
}
