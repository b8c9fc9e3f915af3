import { randomBytes } from 'node:crypto'
import type { Comparison } from '../core/diff/diff.ts'
import type { Compared } from '../core/diff/words.ts'
import { type Redactor, type Safe, createRedactor } from '../core/redact/redactor.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { compareCaptures } from '../shell/captures.ts'
import type { Context } from '../shell/context.ts'
import { exitCodes } from '../shell/exit.ts'
import { Output } from '../shell/output.ts'
import { styleOf } from '../shell/outputs.ts'
import { Progress } from '../shell/progress.ts'
import { capturePaths } from '../shell/sessions.ts'
import { cleanOf, refuseInputs, writeWhole } from '../sink/file/whole.ts'
import { LastScan } from '../sink/file/last-scan.ts'
import { diffHtml, diffMarkdown } from '../sink/report/diff.ts'
import { diffText } from '../sink/text/diff.ts'

/** Two captures side by side, step by step: exit code 1 when they differ in something that matters. */
export async function diff(context: Context, options: Options): Promise<number> {
  const paths = await capturePaths(context, options)
  const [a, b, ...more] = paths
  if (a === undefined || b === undefined || more.length > 0)
    throw new UserError(
      'EUSAGE',
      'diff needs two captures, as in authtap diff works.har fails.har.',
      'Also @last and @2: see authtap sessions.',
    )
  const target = options.text('output')!
  await refuseInputs(target, paths)
  const progress = new Progress(context)
  try {
    const redactor = createRedactor({ key: randomBytes(32) })
    const names = { a: options.positionals[0]!, b: options.positionals[1]! }
    const compared = await compareCaptures({ a, b }, names, redactor)
    await print(compared, { context, options, redactor, target })
    return compared.comparison.differs ? exitCodes.findings : exitCodes.fine
  } finally {
    progress.end()
  }
}

interface Where {
  readonly context: Context
  readonly options: Options
  readonly redactor: Redactor
  readonly target: string
}

async function print(
  compared: Safe<Compared>,
  { context, options, redactor, target }: Where,
): Promise<void> {
  const pieces = () => [...piecesOf(compared, context, options)]
  if (target !== '-') {
    await writeWhole(target, pieces, {
      scan: new LastScan(redactor),
      stopped: () => false,
      inputs: [],
    })
    return
  }
  const out = Output.standard(1)
  for (const piece of pieces()) out.write(cleanOf('What is printed', piece, new LastScan(redactor)))
  await out.close()
}

function piecesOf(compared: Safe<Compared>, context: Context, options: Options): Iterable<string> {
  switch (options.text('format')) {
    case 'json':
      return [`${JSON.stringify(named(compared), null, 2)}\n`]
    case 'md':
      return diffMarkdown(compared)
    case 'html':
      return diffHtml(compared)
    default:
      return [diffText(compared, styleOf(context, options, false))]
  }
}

function named({ a, b, comparison }: Safe<Compared>): Comparison & { a: string; b: string } {
  return { ...comparison, a, b }
}
