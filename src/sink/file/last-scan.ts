import type { Redactor } from '../../core/redact/redactor.ts'
import { parseJson } from '../../core/wire/json.ts'
import { counted } from '../../core/verdict/words.ts'

/**
 * The last look at finished text before it leaves. What is still a secret there, because it was learnt late or stands
 * where none was looked for, costs that one place: it is blanked, and counted by its kind.
 */
export class LastScan {
  readonly #redactor: Pick<Redactor, 'leaks' | 'blank' | 'known'>
  readonly #kinds = new Map<string, number>()
  #leftOut = 0
  /** Texts that held a secret. */
  #unclean = 0

  constructor(redactor: Pick<Redactor, 'leaks' | 'blank' | 'known'>) {
    this.#redactor = redactor
  }

  /** True when the text holds a secret. */
  leaks(text: string): boolean {
    return this.#redactor.leaks(text) !== undefined
  }

  /** As long as it stays, what was cleaned is clean. */
  get sight(): string {
    return `${this.#redactor.known} ${this.#unclean}`
  }

  /** The text without a secret. */
  clean(text: string): string {
    if (!this.leaks(text)) return text
    this.#unclean += 1
    const { text: blank, kinds } = this.#redactor.blank(text)
    for (const kind of kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1)
    return blank
  }

  /** JSON without a secret, still JSON; undefined, and counted, where that cannot be had. */
  cleanJson(text: string): string | undefined {
    if (!this.leaks(text)) return text
    const blank = this.clean(text)
    if (parseJson(blank) !== undefined && !this.leaks(blank)) return blank
    this.#leftOut += 1
    return undefined
  }

  /** What was done, in a sentence about a place; undefined when nothing was. */
  told(place: string): string | undefined {
    const all = [...this.#kinds.values()].reduce((sum, count) => sum + count, 0)
    if (all === 0) return undefined
    const kinds = [...this.#kinds].map(([kind, count]) => `${count} × ${kind}`).join(', ')
    const rest =
      this.#leftOut === 0 ? '' : ` ${counted(this.#leftOut, 'exchange')} could not be kept at all.`
    return `The last scan of ${place} blanked ${counted(all, 'value')} (${kinds}) that stood where no secret was looked for, or turned out to be one late.${rest}`
  }
}
