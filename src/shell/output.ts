import { close, open, write } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { UserError } from '../errors.ts'

const openFile = promisify(open)
const closeFile = promisify(close)

/** Text waiting for a reader that has stopped reading; beyond this, lines are left out and counted. */
const waitingLimit = 64 * 1024 * 1024

/** Whoever can wait does so when this much waits. */
const roomLimit = 1024 * 1024

/** Milliseconds for which text is gathered after a write, unless it comes to this many characters before. */
const gathering = 5
const pageSize = 64 * 1024

/**
 * A place to print to that never blocks the event loop: Node writes to pipes synchronously, and a reader that stopped
 * reading would stop the proxy with it. A reader that goes away is told once, and everything after is dropped. Where the
 * system refuses to write, that is told once too, and whoever closes it hears of it.
 */
export class Output {
  readonly #fd: number
  /** Of a file that was opened here. */
  readonly #path: string | undefined
  #waiting: string[] = []
  #waitingSize = 0
  #left = 0
  #writing: Promise<void> | undefined
  #gone = false
  #closing = false
  #fault: UserError | undefined
  /** Called once when the reader has gone away (EPIPE). */
  onGone: () => void = () => {}
  /** Called once when the system refuses to write, for what is lost from then on. */
  onFault: (fault: UserError) => void = () => {}

  private constructor(fd: number, path?: string) {
    this.#fd = fd
    this.#path = path
  }

  /** Standard output (1) or standard error (2). */
  static standard(fd: 1 | 2): Output {
    return new Output(fd)
  }

  /** A file, made anew. `mode` is 0600 where secrets may be inside. */
  static async file(path: string, mode: number): Promise<Output> {
    try {
      return new Output(await openFile(path, 'w', mode), path)
    } catch (error) {
      throw new UserError(
        'EOUTPUT',
        `${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        'Give --output another file.',
      )
    }
  }

  write = (text: string): void => {
    if (this.#gone || text === '') return
    // One text alone is not what a slow reader makes wait: it is there already, such as a report of very many flows.
    if (this.#waitingSize > 0 && this.#waitingSize + text.length > waitingLimit) {
      this.#left += 1
      return
    }
    this.#waiting.push(text)
    this.#waitingSize += text.length
    this.#writing ??= this.#drain()
  }

  /** Something to wait for, when so much was written that it is time to. */
  ready(): Promise<void> | undefined {
    return this.#waitingSize > roomLimit ? this.#writing : undefined
  }

  /** Lines that were left out because the reader was too slow. */
  get leftOut(): number {
    return this.#left
  }

  async #drain(): Promise<void> {
    // Whatever was written in this turn goes out together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0 && !this.#gone) {
      const bytes = Buffer.from(this.#waiting.splice(0).join(''))
      this.#waitingSize = 0
      await this.#writeAll(bytes)
      // What follows closely goes out together: a write costs more than what is said of a call.
      if (this.#waitingSize < pageSize && !this.#closing) await pause(gathering)
    }
    this.#writing = undefined
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    for (let sent = 0; sent < bytes.length && !this.#gone;) {
      try {
        sent += await this.#writeSome(bytes, sent)
      } catch (error) {
        const { code = 'an unknown error' } = error as NodeJS.ErrnoException
        if (code === 'EAGAIN') await pause(5)
        else this.#end(code)
      }
    }
  }

  #end(code: string): void {
    this.#gone = true
    if (code === 'EPIPE') return this.onGone()
    const place = this.#path ?? (this.#fd === 1 ? 'Standard output' : 'Standard error')
    this.#fault = new UserError(
      'EOUTPUT',
      `${place} could not be written whole: the system says ${code}.`,
      'Make room, or write to another place with --output.',
    )
    this.onFault(this.#fault)
  }

  #writeSome(bytes: Buffer, from: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#fd, bytes, from, bytes.length - from, null, (error, count) =>
        error === null ? resolve(count) : reject(error),
      )
    })
  }

  /** Waits until everything is out; a file is closed. Throws UserError (EOUTPUT) when something could not be written. */
  async close(): Promise<void> {
    this.#closing = true
    while (this.#writing !== undefined) await this.#writing
    if (this.#path !== undefined)
      await closeFile(this.#fd).catch((error: NodeJS.ErrnoException) =>
        this.#end(error.code ?? 'an unknown error'),
      )
    if (this.#fault !== undefined) throw this.#fault
  }
}

/** Prints a text and waits until it is out. Throws UserError (EOUTPUT) when it could not be printed whole. */
export async function print(text: string): Promise<void> {
  const out = Output.standard(1)
  out.write(text)
  await out.close()
}
