import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** What of a stream is used when the terminal cannot be opened a second time. */
export type Fallback = Pick<NodeJS.WriteStream, 'write'>

/** Between two tries to write to a terminal that does not read, in milliseconds: at first, and at most. */
const firstPause = 1
const longestPause = 50

/** Cancels a control sequence of which only a part went out (ECMA-48 §8.3.6, CAN). */
const cancel = '\x18'

/**
 * A terminal that is written to without ever blocking. Node writes to terminals synchronously, so one that stops
 * reading (a dead ssh, a paused multiplexer, a window being dragged) would stop the whole process. This one has an
 * open file of its own on the same terminal, because O_NONBLOCK belongs to the open file and not to the descriptor.
 */
export class TtyWriter {
  readonly #fd: number | undefined
  readonly #fallback: Fallback
  readonly #write: Fallback['write']
  #rest: Buffer = Buffer.alloc(0)
  /** A part of what waits is out already, so the terminal may be in the middle of a sequence. */
  #begun = false
  #handedOver = false
  #retry: NodeJS.Timeout | undefined
  #gone = false
  /** Everything sent is out. */
  onIdle: () => void = () => {}
  /** The terminal is no longer there. */
  onGone: () => void = () => {}

  constructor(fallback: Fallback, paths: readonly string[] = ['/proc/self/fd/1', '/dev/tty']) {
    this.#fallback = fallback
    this.#write = fallback.write
    this.#fd = firstOpened(paths)
  }

  get busy(): boolean {
    return this.#rest.length > 0 || this.#handedOver
  }

  send(text: string): void {
    if (this.#gone || text === '') return
    if (this.#fd === undefined) return this.#handOver(text)
    this.#rest = Buffer.concat([this.#rest, Buffer.from(text)])
    if (this.#retry === undefined) this.#push(firstPause)
  }

  /** Writes the text now, in place of whatever still waits, and gives up after so many milliseconds. */
  finish(text: string, limit: number): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (this.#fd === undefined) return void this.#write.call(this.#fallback, text)
    this.#rest = Buffer.from(this.#begun ? cancel + text : text)
    const deadline = performance.now() + limit
    while (!this.#gone && !this.#wrote() && performance.now() < deadline) sleep(5)
    this.#rest = Buffer.alloc(0)
    this.#begun = false
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#gone = true
    if (this.#fd !== undefined) closeSync(this.#fd)
  }

  #push(pause: number): void {
    this.#retry = undefined
    if (this.#wrote()) return this.#gone ? undefined : this.onIdle()
    this.#retry = setTimeout(() => this.#push(Math.min(pause * 2, longestPause)), pause)
    this.#retry.unref()
  }

  /** Writes what the terminal takes; true when nothing is left. */
  #wrote(): boolean {
    try {
      while (this.#rest.length > 0) {
        this.#rest = this.#rest.subarray(writeSync(this.#fd!, this.#rest))
        this.#begun = this.#rest.length > 0
      }
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
      this.#gone = true
      this.#rest = Buffer.alloc(0)
      this.onGone()
      return true
    }
  }

  #handOver(text: string): void {
    this.#handedOver = true
    this.#write.call(this.#fallback, text, 'utf8', () => {
      this.#handedOver = false
      this.onIdle()
    })
  }
}

function firstOpened(paths: readonly string[]): number | undefined {
  if (process.platform === 'win32') return undefined
  for (const path of paths) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    } catch {
      // The terminal belongs to another user, or its file lies outside this container: the next path may do.
    }
  }
  return undefined
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
