import type { Redactor } from '../../core/redact/redactor.ts'
import { parseJson } from '../../core/wire/json.ts'
import type { StepKind } from '../../core/step/step.ts'

/** What the messages of the live stream are; a change that a viewer must know of changes the number. */
export const liveSchema = 'authtap.live/1'

/** Exchanges that a snapshot holds: MCP calls, and the steps of authorization, which stay when calls push them out. */
const exchangeLimit = 1000
/** Flows and findings that a snapshot holds. */
const otherLimit = 1000
/** Characters of exchanges kept of either sort. */
const sizeLimit = 2 * 1024 * 1024
/** So long may looking through the window hold the event loop before traffic gets its turn, in milliseconds. */
const slice = 4

interface Kept {
  readonly order: number
  text: string
}

/** JSON texts by id, the newest of them. A text that comes again keeps its place. */
class Newest {
  readonly #limit: number
  readonly #size: number
  readonly #texts = new Map<string, Kept>()
  #held = 0

  constructor(limit: number, size: number) {
    this.#limit = limit
    this.#size = size
  }

  set(id: string, text: string, order: number): void {
    const known = this.#texts.get(id)
    this.#held += text.length - (known?.text.length ?? 0)
    if (known === undefined) this.#texts.set(id, { order, text })
    else known.text = text
    while (this.#texts.size > this.#limit || (this.#held > this.#size && this.#texts.size > 1))
      this.delete(this.#texts.keys().next().value!)
  }

  delete(id: string): void {
    this.#held -= this.#texts.get(id)?.text.length ?? 0
    this.#texts.delete(id)
  }

  entries(): readonly (readonly [string, Kept])[] {
    return [...this.#texts]
  }
}

/** The newest of what was told, as ready JSON: what a viewer that comes late is told first. */
export class LiveWindow {
  readonly #calls = new Newest(exchangeLimit, sizeLimit)
  readonly #steps = new Newest(exchangeLimit, sizeLimit)
  readonly #flows = new Newest(otherLimit, sizeLimit)
  readonly #findings = new Newest(otherLimit, sizeLimit)
  #orders = 0

  exchange(id: string, kind: StepKind, text: string): void {
    const [to, from] = kind === 'mcp' ? [this.#calls, this.#steps] : [this.#steps, this.#calls]
    // A call turns out to be a challenge when its answer comes.
    from.delete(id)
    to.set(id, text, (this.#orders += 1))
  }

  flow(id: string, text: string): void {
    this.#flows.set(id, text, (this.#orders += 1))
  }

  finding(id: string, text: string): void {
    this.#findings.set(id, text, (this.#orders += 1))
  }

  withdraw(id: string): void {
    this.#findings.delete(id)
  }

  /** Members of a snapshot. */
  members(): string {
    const exchanges = [...this.#calls.entries(), ...this.#steps.entries()]
      .map(([, kept]) => kept)
      .sort((a, b) => a.order - b.order)
    return `"flows":${list(this.#flows)},"findings":${list(this.#findings)},"exchanges":[${exchanges.map(({ text }) => text).join(',')}]`
  }

  /** Redacts anew what holds a value that turned out to be a secret after it was kept. */
  async scrub(redactor: Redactor): Promise<void> {
    let deadline = performance.now() + slice
    for (const part of [this.#calls, this.#steps, this.#flows, this.#findings])
      for (const [id, kept] of part.entries()) {
        const text = cleanText(kept.text, redactor)
        if (text === undefined) part.delete(id)
        else kept.text = text
        if (performance.now() < deadline) continue
        await new Promise(setImmediate)
        deadline = performance.now() + slice
      }
  }
}

/**
 * JSON without a secret: itself, or redacted anew; what even that leaves, such as one that stands as a name, is blanked.
 * Undefined when it cannot be told at all.
 */
export function cleanText(text: string, redactor: Redactor): string | undefined {
  if (redactor.leaks(text) === undefined) return text
  const again = JSON.stringify(redactor.value(JSON.parse(text) as unknown))
  if (redactor.leaks(again) === undefined) return again
  const blank = redactor.blank(again).text
  return redactor.leaks(blank) === undefined && parseJson(blank) !== undefined ? blank : undefined
}

function list(part: Newest): string {
  return `[${part
    .entries()
    .map(([, { text }]) => text)
    .join(',')}]`
}
