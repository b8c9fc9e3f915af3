import type { Notice } from '../tap/notices.ts'

/** What the proxy tells while it starts: it waits until the first line has said where it listens, or that it cannot. */
export class EarlyNotices {
  readonly #tell: (notice: Notice) => void
  #held: Notice[] | undefined = []

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell
  }

  readonly tell = (notice: Notice): void => {
    if (this.#held === undefined) this.#tell(notice)
    else this.#held.push(notice)
  }

  /** From now on everything is told at once. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const notice of held) this.#tell(notice)
  }
}
