import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { UserError } from '../../errors.ts'
import { replaceFile } from '../../part-file.ts'
import { leaksInFile } from './leaks-in-file.ts'

type Pieces = Iterable<string> | AsyncIterable<string>

export interface Writing {
  /** Files that are read and must not be written over. */
  readonly inputs: readonly string[]
  /** Looks through text; true when it holds a secret. */
  readonly leaks: (text: string) => boolean
  readonly stopped: () => boolean
}

/**
 * Writes a file whole or not at all: beside its target as `<path>.<pid>.part`, which takes the target's place when all
 * is written and no secret is in it. What is no plain file (a device, a pipe) is written to directly, once all pieces were
 * looked through. Stops between two pieces when `stopped` says so, and then resolves with false and nothing stays behind.
 * Throws UserError: EOUTPUT when the system refuses, or when the target is one of `inputs`; ELEAK.
 * @param make makes the pieces, as often as it is called
 */
export async function writeWhole(
  path: string,
  make: () => Pieces,
  writing: Writing,
): Promise<boolean> {
  await refuseInputs(path, writing.inputs)
  try {
    // A link stays a link: what it points to is replaced.
    const target = await realpath(path).catch(() => path)
    if (await isPlain(target))
      return await replaceFile(target, 0o644, async (part) => {
        const whole = await writeAndClose(path, part.file, make(), writing)
        if (whole && (await leaksInFile(part.path, writing.leaks))) throw leak(path)
        return whole
      })
    if (!(await lookThrough(path, make(), writing))) return false
    return await writeAndClose(path, await open(target, 'w'), make(), writing)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw unwritable(path, error)
  }
}

/** Throws UserError (ELEAK) when a piece holds a secret. False when stopped. */
export async function lookThrough(
  name: string,
  pieces: Pieces,
  { leaks, stopped }: Pick<Writing, 'leaks' | 'stopped'>,
): Promise<boolean> {
  for await (const piece of batches(pieces)) {
    if (leaks(piece)) throw leak(name)
    if (stopped()) return false
  }
  return true
}

export function leak(name: string): UserError {
  return new UserError(
    'ELEAK',
    `${name === '-' ? 'Nothing' : name} was ${name === '-' ? 'printed' : 'not written'}: a secret would have been left in it.`,
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
  name: string,
  file: FileHandle,
  pieces: Pieces,
  { leaks, stopped }: Writing,
): Promise<boolean> {
  try {
    for await (const piece of batches(pieces)) {
      if (stopped()) return false
      if (leaks(piece)) throw leak(name)
      await file.appendFile(piece)
    }
    return !stopped()
  } finally {
    await file.close()
  }
}

const batchSize = 1024 * 1024

/** Small pieces together, so that each does not cost a call to the system. */
export async function* batches(pieces: Pieces): AsyncGenerator<string, void, void> {
  let batch = ''
  for await (const piece of pieces) {
    batch += piece
    if (batch.length < batchSize) continue
    yield batch
    batch = ''
  }
  if (batch !== '') yield batch
}

async function isPlain(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined || found.isFile() || found.isDirectory()
}

export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)))
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev
}
