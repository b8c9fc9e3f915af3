import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { UserError } from './errors.ts'

/**
 * Writes a file whole or not at all: beside its target as `<path>.<pid>.part`, which takes the target's place when all
 * is written. What is no plain file (a device, a pipe) is written to directly. Stops between two pieces when `stopped`
 * says so, and then resolves with false and nothing stays behind. Throws UserError (EOUTPUT) when the system refuses, or
 * when the target is one of `inputs`.
 */
export async function writeWhole(
  path: string,
  pieces: Iterable<string>,
  { inputs = [], stopped = () => false }: { inputs?: readonly string[]; stopped?: () => boolean },
): Promise<boolean> {
  await refuseInputs(path, inputs)
  try {
    // A link stays a link: what it points to is replaced.
    const target = await realpath(path).catch(() => path)
    return (await isPlain(target))
      ? await writeBeside(target, pieces, stopped)
      : await writeAndClose(await open(target, 'w'), pieces, stopped)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw new UserError(
      'EOUTPUT',
      `${path} cannot be written: the system says ${code}.`,
      'Give another name for the output.',
      error,
    )
  }
}

/** Throws UserError (EOUTPUT) when the target is one of the files that are read. */
export async function refuseInputs(path: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs)
    if (await isSameFile(path, input))
      throw new UserError(
        'EOUTPUT',
        `${path} is the capture itself and is not overwritten.`,
        'Give another name for the output.',
      )
}

async function writeBeside(
  target: string,
  pieces: Iterable<string>,
  stopped: () => boolean,
): Promise<boolean> {
  const part = `${target}.${process.pid}.part`
  await rm(part, { force: true })
  // Exclusive: what somebody else put there is neither written to nor followed.
  const file = await open(part, 'wx', 0o644)
  try {
    const whole = await writeAndClose(file, pieces, stopped)
    if (whole) await rename(part, target)
    return whole
  } finally {
    await rm(part, { force: true })
  }
}

async function writeAndClose(
  file: FileHandle,
  pieces: Iterable<string>,
  stopped: () => boolean,
): Promise<boolean> {
  try {
    for (const piece of batches(pieces)) {
      if (stopped()) return false
      await file.appendFile(piece)
    }
    return !stopped()
  } finally {
    await file.close()
  }
}

const batchSize = 1024 * 1024

/** Small pieces together, so that each does not cost a call to the system. */
export function* batches(pieces: Iterable<string>): Iterable<string> {
  let batch = ''
  for (const piece of pieces) {
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

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)))
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev
}
