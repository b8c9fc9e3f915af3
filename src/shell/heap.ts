import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { counted } from '../core/verdict/words.ts'
import type { Notice } from '../tap/notices.ts'

/** From Node 24 on the space for new objects may grow to 128 MB; before, it is 32. */
const hasMuchForNew = Number.parseInt(process.versions.node, 10) >= 24

/**
 * For a process that is left running beside an editor. What is kept of a session lives just long enough to be taken for
 * old, so that a burst of calls left 300 MB behind. With this it is about 170, and a call costs what it did.
 *
 * Garbage is collected when the heap has grown by half since the last time, where V8 would let a small heap grow to four
 * times as much. Where the space for new objects may grow very large, it stays small; elsewhere that would cost a quarter
 * of the time of a call. V8 reads both flags anew each time, so they may be set while the process runs.
 */
export function keepHeapLow(): void {
  setFlagsFromString('--heap-growing-percent=50')
  if (hasMuchForNew) setFlagsFromString('--semi-space-growth-factor=1')
}

/** When more than so much of what is not for new objects is in use, V8 may end the process for it. */
const fullAt = 0.8
/** What V8 sets aside for new objects at most, in bytes; it counts in the limit. */
const forNew = (hasMuchForNew ? 192 : 48) * 1024 * 1024

/**
 * Whether the heap is so full that V8 may soon end the process without a word. Garbage alone does not fill it: it is
 * collected when it has taken half of what is free.
 */
export function heapIsFull(): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return used > Math.max(limit - forNew, limit / 4) * fullAt
}

/** Keeps a session that grows from taking the proxy down: traffic goes on, and is not seen while memory is full. */
export class LiveMemory {
  readonly #tell: (notice: Notice) => void
  readonly #isFull: () => boolean
  #unseen = 0

  constructor(tell: (notice: Notice) => void, isFull = heapIsFull) {
    this.#tell = tell
    this.#isFull = isFull
  }

  /** Whether there is room for an exchange that tells something new. */
  readonly hasRoom = (): boolean => {
    if (!this.#isFull()) return true
    this.#unseen += 1
    if (this.#unseen === 1)
      this.#tell({
        code: 'memory-full',
        level: 'error',
        text: 'Memory is full: traffic goes on, but while it stays so, what passes is neither judged nor recorded. Start authtap anew, or give it more memory with NODE_OPTIONS=--max-old-space-size=8192 (in megabytes).',
      })
    return false
  }

  /** Says at the end how much was not seen. */
  end(): void {
    if (this.#unseen === 0) return
    this.#tell({
      code: 'memory-unseen',
      level: 'error',
      text: `While memory was full, ${counted(this.#unseen, 'exchange')} passed without being judged or recorded. What follows speaks of the others.`,
    })
  }
}
