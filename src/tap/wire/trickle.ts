import type { Pace } from '../../core/intercept/message.ts'

/** Where an answer goes that is late on purpose. */
interface Slowly {
  /** Nobody waits for it any longer. */
  isOver(): boolean
  head(): void
  data(chunk: Buffer): void
  end(): void
}

/** Sends an answer as late, and its body as slowly, as it is wanted. */
export function trickle(body: Buffer, { after, each }: Pace, to: Slowly): void {
  const from = (start: number): void => {
    if (to.isOver()) return
    if (start >= body.length) return to.end()
    to.data(body.subarray(start, start + 1))
    setTimeout(() => from(start + 1), each)
  }
  setTimeout(() => {
    if (to.isOver()) return
    to.head()
    if (each > 0) return from(0)
    if (body.length > 0) to.data(body)
    to.end()
  }, after)
}
