import { type FileHandle, open, rename, rm } from 'node:fs/promises'

/** A file that grows beside its target, so that nobody ever finds half of it there. Its functions throw as the system does. */
export interface PartFile {
  readonly path: string
  readonly file: FileHandle
  /** Closes it and puts it in the place of its target. */
  place(): Promise<void>
  /** Closes it and takes it away; does nothing once it is in its place, and never throws. */
  discard(): Promise<void>
}

/** Opens `<target>.<pid>.part`. Throws as the system does. */
export async function openPart(target: string, mode: number): Promise<PartFile> {
  const path = `${target}.${process.pid}.part`
  await rm(path, { force: true })
  // Exclusive: what somebody else put there is neither written to nor followed.
  const file = await open(path, 'wx', mode)
  return {
    path,
    file,
    async place() {
      await file.close()
      await rename(path, target)
    },
    async discard() {
      await file.close().catch(() => undefined)
      await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

/**
 * Writes a file whole or not at all: what `fill` writes takes the place of the target when it resolves with true. Otherwise,
 * and when it throws, the target stays as it was and nothing else stays behind. Throws as the system does.
 */
export async function replaceFile(
  target: string,
  mode: number,
  fill: (part: PartFile) => Promise<boolean>,
): Promise<boolean> {
  const part = await openPart(target, mode)
  try {
    const whole = await fill(part)
    if (whole) await part.place()
    return whole
  } finally {
    await part.discard()
  }
}
