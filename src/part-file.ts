import { createReadStream } from 'node:fs'
import {
  type FileHandle,
  mkdtemp,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

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

/**
 * Opens a part for whatever a person names: what a link points to is replaced, not the link, and into a device or pipe the
 * whole is copied once it is there. Throws as the system does, for a folder as well (EISDIR).
 */
export async function openTarget(path: string, mode: number): Promise<PartFile> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true)
    throw Object.assign(new Error(), { code: 'EISDIR', syscall: 'open' })
  if (found === undefined || found.isFile()) return openPart(await behindLinks(path), mode)
  const folder = await mkdtemp(join(tmpdir(), 'authtap-part-'))
  const part = await openPart(join(folder, 'whole'), mode)
  const discard = async () => {
    await part.discard()
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
  return {
    ...part,
    async place() {
      await part.file.close()
      const into = await open(path, 'w')
      await pipeline(createReadStream(part.path), into.createWriteStream())
      await discard()
    },
    discard,
  }
}

/** Where a file is, or is to be, that a link may point to. */
async function behindLinks(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined)
  if (found !== undefined) return found
  const link = await readlink(path).catch(() => undefined)
  return link === undefined ? path : resolve(dirname(path), link)
}
