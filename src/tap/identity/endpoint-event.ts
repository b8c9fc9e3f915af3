import type { Touch } from '../../core/wire/exchange.ts'
import type { OpeningChange } from '../wire/head-plan.ts'

/** An event that takes longer than this to begin is not the one we look for. */
const openingLimit = 8 * 1024

/**
 * The first event of a legacy HTTP+SSE stream (MCP 2024-11-05) names the URL to post to. Clients refuse one of another
 * origin, so it is translated; nothing after it is touched.
 */
export class EndpointEvent implements OpeningChange {
  readonly #toLocal: (url: string) => string
  #held = ''
  #done = false

  constructor(toLocal: (url: string) => string) {
    this.#toLocal = toLocal
  }

  change(chunk: Buffer, touched: (touch: Touch) => void): Buffer | undefined {
    if (this.#done) return chunk
    this.#held += chunk.toString('latin1')
    const ready = this.#take(touched)
    return ready === '' ? undefined : Buffer.from(ready, 'latin1')
  }

  rest(): Buffer {
    return Buffer.from(this.#held, 'latin1')
  }

  /** Whole blocks that carry no event, then the first event, then everything. */
  #take(touched: (touch: Touch) => void): string {
    let ready = ''
    while (!this.#done) {
      const block = /^[^]*?(?:\r\n\r\n|\n\n|\r\r)/.exec(this.#held)?.[0]
      if (block === undefined) {
        this.#done = this.#held.length > openingLimit
        break
      }
      this.#held = this.#held.slice(block.length)
      ready += this.#translate(block, touched)
      this.#done = /^(?:event|data)/m.test(block)
    }
    if (!this.#done) return ready
    const rest = this.#held
    this.#held = ''
    return ready + rest
  }

  #translate(block: string, touched: (touch: Touch) => void): string {
    if (!/^event:[ \t]*endpoint[ \t]*$/m.test(block.replaceAll('\r', '\n'))) return block
    return block.replace(/^(data: ?)([^\r\n]*)/m, (line, field: string, url: string) => {
      const local = this.#toLocal(url)
      if (local === url) return line
      touched({ at: 'response.body', client: local, upstream: url, why: 'origin mapped' })
      return field + local
    })
  }
}
