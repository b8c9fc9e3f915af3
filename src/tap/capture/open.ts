import { isJournal, openJournal } from './journal.ts'
import { type CaptureBytes, openBytes } from './bytes.ts'
import { type Capture, heldCapture } from './capture.ts'
import { openHar } from './har.ts'
import { readTranscript } from './transcript.ts'
import { unreadable } from './unreadable.ts'

/**
 * Opens a HAR file, a transcript or the journal of a session, told apart by content; `-` is standard input. A file is gone
 * through once to see where its exchanges stand, and then read exchange by exchange, so that none has to be held; of a pipe
 * the exchanges are kept. `prefix` goes before every id, for several files that form one session. Throws UserError
 * (ECAPTURE) when nothing can be read.
 */
export async function openCapture(path: string, { prefix = '' } = {}): Promise<Capture> {
  const name = path === '-' ? 'Standard input' : path
  let bytes: CaptureBytes | undefined
  try {
    bytes = await openBytes(path)
    return await openKind(bytes, name, prefix)
  } catch (error) {
    await bytes?.close()
    throw readable(error, name)
  }
}

async function openKind(bytes: CaptureBytes, name: string, prefix: string): Promise<Capture> {
  const chunks = bytes.chunks()
  try {
    const opening = await readOpening(chunks)
    const all = rejoin(opening, chunks)
    if (isJournal(opening.toString('utf8', 0, 64)))
      return await openJournal(bytes, all, name, prefix)
    if (isJson(opening, name)) return await openHar(bytes, all, name, prefix)
    const held = heldCapture(await readTranscript(all, name, prefix))
    return { ...held, close: () => bytes.close() }
  } finally {
    await chunks.return()
  }
}

/** As much as it takes to tell what the file is: to its first character, and a little more. */
async function readOpening(chunks: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
  let opening = Buffer.alloc(0)
  while (opening.length < 64 || /^[\s\ufeff]*$/.test(opening.toString())) {
    const next = await chunks.next()
    if (next.done === true) break
    opening = Buffer.concat([opening, next.value])
    if (opening.length > openingLimit) break
  }
  return opening
}

const openingLimit = 4 * 1024 * 1024

async function* rejoin(
  opening: Buffer,
  rest: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  yield opening
  yield* rest
}

/** Files that are taken for captures and are none of ours, by how they begin. */
const others: readonly (readonly [begin: number[], what: string, hint: string])[] = [
  [[0xff, 0xfe], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0xfe, 0xff], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x7b, 0x00], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x00, 0x7b], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x1f, 0x8b], 'it is compressed', 'Unpack it with gunzip.'],
  [
    [0x50, 0x4b, 0x03, 0x04],
    'it is a ZIP archive',
    'Unpack it first. From Fiddler, export a HAR file.',
  ],
]

function isJson(opening: Buffer, name: string): boolean {
  for (const [begin, what, hint] of others)
    if (begin.every((byte, index) => opening[index] === byte)) throw unreadable(name, what, hint)
  const start = opening
    .toString()
    .replace(/^\ufeff/, '')
    .trimStart()
    .slice(0, 4096)
  if (start === '') throw unreadable(name, 'it is empty')
  if (start.includes('\0')) throw unreadable(name, 'it is binary')
  return start.startsWith('{') || start.startsWith('[')
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
}

/** What the system says of the file, for people; anything else as it is. */
function readable(error: unknown, name: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  const isSystem = typeof (error as NodeJS.ErrnoException).syscall === 'string'
  return isSystem && code !== undefined
    ? unreadable(name, reasons[code] ?? `the system says ${code}`)
    : error
}
