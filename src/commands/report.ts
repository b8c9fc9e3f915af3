import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import {
  type Writing,
  batches,
  leak,
  lookThrough,
  refuseInputs,
  writeWhole,
} from '../sink/file/whole.ts'
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
    if (done) return exitCodes.fine
  } finally {
    progress.end()
    await judged?.close()
  }
  // Asked to stop: 128 and the number of the signal.
  return progress.signal === 'SIGTERM' ? 143 : 130
}

/** Writes the artefact where it is wanted, but only when no secret is left in it. False when asked to stop. */
async function release(
  { capture, redactor, problems }: Judged,
  options: Options,
  format: AnyFormat,
  progress: Progress,
): Promise<boolean> {
  const target = options.text('output')!
  const checks = {
    leaks: (text: string) => redactor.leaks(text) !== undefined,
    stopped: () => progress.signal !== undefined,
  }
  progress.say('writing')
  const inputs = capture.sources.filter((path) => path !== '-')
  const make = () => turns(format(capture), progress)
  const done =
    target === '-'
      ? (await lookThrough(target, make(), checks)) && (await print(make(), checks, progress))
      : await writeWhole(target, make, { ...checks, inputs })
  if (done) for (const problem of problems) process.stderr.write(`${problem}\n`)
  return done
}

/** Lets signals and timers have their turn. */
async function* turns(pieces: ReturnType<AnyFormat>, progress: Progress) {
  for await (const piece of pieces) {
    yield piece
    await progress.pause()
  }
}

async function print(
  pieces: AsyncIterable<string>,
  { leaks }: Pick<Writing, 'leaks'>,
  progress: Progress,
): Promise<boolean> {
  const out = Output.standard(1)
  let gone = false
  out.onGone = () => {
    gone = true
  }
  for await (const piece of batches(pieces)) {
    if (leaks(piece)) throw leak('-')
    out.write(piece)
    await out.close()
    // A reader that has seen enough is no failure.
    if (gone) return true
    if (await progress.pause()) return false
  }
  return true
}
