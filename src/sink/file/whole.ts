import { type FileHandle, stat } from 'node:fs/promises'
import { UserError } from '../../errors.ts'
import { type PartFile, openTarget } from '../../part-file.ts'
import type { LastScan } from './last-scan.ts'
import { leaksInFile } from './leaks-in-file.ts'
import { mapLines } from './rewrite.ts'

type Pieces = Iterable<string> | AsyncIterable<string>

export interface Writing {
  /** Files that are read and must not be written over. */
  readonly inputs: readonly string[]
  readonly scan: LastScan
  readonly stopped: () => boolean
}

/**
 * Writes a file whole or not at all: beside its target as `<path>.<pid>.part`, which takes the target's place when all
 * is written and no secret is in it. Stops between two pieces when `stopped` says so, and then resolves with false and nothing stays behind.
 * Throws UserError: EOUTPUT when the system refuses, or when the target is one of `inputs`; ELEAK.
 * @param make makes the pieces, as often as it is called
 */
export async function writeWhole(
  path: string,
  make: () => Pieces,
  writing: Writing,
): Promise<boolean> {
  await refuseInputs(path, writing.inputs)
  let part: PartFile | undefined
  try {
    part = await openTarget(path, 0o644)
    const { scan } = writing
    const before = scan.sight
    const whole = await writeAndClose(part.file, make(), writing)
    if (!whole) return false
    if (scan.sight !== before) await cleanFile(path, part.path, scan)
    await part.place()
    return true
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw unwritable(path, error)
  } finally {
    await part?.discard()
  }
}

/** A value may have turned out to be a secret after it was written. Throws UserError (ELEAK) where it cannot be blanked. */
async function cleanFile(name: string, path: string, scan: LastScan): Promise<void> {
  const leaks = (text: string) => scan.leaks(text)
  if (!(await leaksInFile(path, leaks))) return
  await mapLines(path, 0o644, (line) => scan.clean(line))
  if (await leaksInFile(path, leaks)) throw leak(name)
}

/** Text without a secret, such as is printed. Throws UserError (ELEAK) where that cannot be had. */
export function cleanOf(name: string, text: string, scan: LastScan): string {
  const clean = scan.clean(text)
  if (scan.leaks(clean)) throw leak(name)
  return clean
}

export function leak(name: string): UserError {
  return new UserError(
    'ELEAK',
    `${name} was not written: a secret would have been left in it.`,
    'This is a bug in authtap; please report it.',
  )
}

export function unwritable(path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return new UserError(
    'EOUTPUT',
    `${path} cannot be written: the system says ${code}.`,
    'Give the output another name.',
    error,
  )
}

/** Throws UserError (EOUTPUT) when the target is one of the files that are read. */
export async function refuseInputs(path: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs)
    if (await isSameFile(path, input))
      throw new UserError(
        'EOUTPUT',
        `${path} is the capture itself, so authtap does not overwrite it.`,
        'Give the output another name.',
      )
}

async function writeAndClose(
  file: FileHandle,
  pieces: Pieces,
  { scan, stopped }: Writing,
): Promise<boolean> {
  try {
    for await (const piece of batches(pieces)) {
      if (stopped()) return false
      await file.appendFile(scan.clean(piece))
    }
    return !stopped()
  } finally {
    await file.close()
  }
}

const batchSize = 1024 * 1024

/** Small pieces together, so that each does not cost a call to the system. No line is cut in two. */
export async function* batches(pieces: Pieces): AsyncGenerator<string, void, void> {
  let batch = ''
  for await (const piece of pieces) {
    batch += piece
    if (batch.length < batchSize) continue
    const end = batch.lastIndexOf('\n') + 1
    if (end === 0) continue
    yield batch.slice(0, end)
    batch = batch.slice(end)
  }
  if (batch !== '') yield batch
}

export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)))
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev
}
