import type { OpeningChange } from '../wire/round-trip.ts'

/** An event that takes longer than this to begin is not the one we look for. */
const openingLimit = 8 * 1024

/**
 * The first event of a legacy HTTP+SSE stream (MCP 2024-11-05) names the URL to post to. Clients refuse one of another
 * origin, so it is translated; nothing after it is touched.
 */
export class EndpointEvent implements OpeningChange {
  readonly #toLocal: (url: string) => string
  readonly #changed: (client: string, upstream: string) => void
  #held = ''
  #done = false

  constructor(
    toLocal: (url: string) => string,
    changed: (client: string, upstream: string) => void,
  ) {
    this.#toLocal = toLocal
    this.#changed = changed
  }

  change(chunk: Buffer): Buffer | undefined {
    if (this.#done) return chunk
    this.#held += chunk.toString('latin1')
    const ready = this.#take()
    return ready === '' ? undefined : Buffer.from(ready, 'latin1')
  }

  rest(): Buffer {
    return Buffer.from(this.#held, 'latin1')
  }

  /** Whole blocks that carry no event, then the first event, then everything. */
  #take(): string {
    let ready = ''
    while (!this.#done) {
      const block = /^[^]*?(?:\r\n\r\n|\n\n|\r\r)/.exec(this.#held)?.[0]
      if (block === undefined) {
        this.#done = this.#held.length > openingLimit
        break
      }
      this.#held = this.#held.slice(block.length)
      ready += this.#translate(block)
      this.#done = /^(?:event|data)/m.test(block)
    }
    if (!this.#done) return ready
    const rest = this.#held
    this.#held = ''
    return ready + rest
  }

  #translate(block: string): string {
    if (!/^event:[ \t]*endpoint[ \t]*$/m.test(block.replaceAll('\r', '\n'))) return block
    return block.replace(/^(data: ?)([^\r\n]*)/m, (line, field: string, url: string) => {
      const local = this.#toLocal(url)
      if (local === url) return line
      this.#changed(local, url)
      return field + local
    })
  }
}
