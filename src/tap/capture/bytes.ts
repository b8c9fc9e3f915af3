import { type FileHandle, open } from 'node:fs/promises'

/** The bytes of a capture: once from beginning to end, and then pieces of them again. */
export interface CaptureBytes {
  /** Everything, in pieces, as it comes; to be gone through once. */
  chunks(): AsyncGenerator<Buffer, void, void>
  /** This piece will be asked for again. */
  keep(at: number, piece: Buffer): void
  /** A piece that was kept, or what the file still has of it. Never rejects. At once, where it is at hand. */
  read(at: number, length: number): Buffer | Promise<Buffer>
  close(): Promise<void>
}

/** Opens a file; `-` is standard input. What is kept of a pipe is held in memory. Rejects as the system does. */
export async function openBytes(path: string): Promise<CaptureBytes> {
  if (path === '-') return new PipedBytes(process.stdin as AsyncIterable<Buffer | string>)
  const file = await open(path, 'r')
  if ((await file.stat()).isFile()) return new FileBytes(file)
  // A pipe is opened once: whoever writes to it would find its reader gone.
  return new PipedBytes(file.createReadStream({ highWaterMark: blockSize }))
}

const blockSize = 1024 * 1024
const nothing = Buffer.alloc(0)
/** Entries stand nearly in the order in which they are asked for. */
const heldBlocks = 8

class FileBytes implements CaptureBytes {
  readonly #file: FileHandle
  readonly #blocks = new Map<number, Buffer>()

  constructor(file: FileHandle) {
    this.#file = file
  }

  async *chunks(): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; ;) {
      const chunk = await this.#load(at, blockSize)
      if (chunk.length === 0) return
      yield chunk
      at += chunk.length
    }
  }

  /** The file keeps it. */
  keep(): void {}

  read(at: number, length: number): Buffer | Promise<Buffer> {
    const block = Math.floor(at / blockSize)
    const held = this.#blocks.get(block)
    const from = at - block * blockSize
    if (held !== undefined && from + length <= held.length)
      return held.subarray(from, from + length)
    return this.#gather(at, length)
  }

  async #gather(at: number, length: number): Promise<Buffer> {
    const first = Math.floor(at / blockSize)
    const last = Math.floor((at + length - 1) / blockSize)
    // What is larger than all that is held would only push out what comes next.
    if (last - first >= heldBlocks) return this.#load(at, length).catch(() => nothing)
    const parts: Buffer[] = []
    for (let block = first; block <= last; block += 1) parts.push(await this.#block(block))
    const from = at - first * blockSize
    return (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).subarray(from, from + length)
  }

  async #block(block: number): Promise<Buffer> {
    const held = this.#blocks.get(block)
    if (held !== undefined) return held
    if (this.#blocks.size >= heldBlocks) this.#blocks.delete(this.#blocks.keys().next().value!)
    const bytes = await this.#load(block * blockSize, blockSize).catch(() => nothing)
    this.#blocks.set(block, bytes)
    return bytes
  }

  async #load(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, at + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Of what cannot be read again, the pieces that are asked for later are kept. */
class PipedBytes implements CaptureBytes {
  readonly #source: AsyncIterable<Buffer | string>
  readonly #kept = new Map<number, Buffer>()

  constructor(source: AsyncIterable<Buffer | string>) {
    this.#source = source
  }

  async *chunks(): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of this.#source)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }

  keep(at: number, piece: Buffer): void {
    this.#kept.set(at, Buffer.from(piece))
  }

  read(at: number): Buffer {
    return this.#kept.get(at) ?? nothing
  }

  async close(): Promise<void> {}
}
