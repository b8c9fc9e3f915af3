import type { LabelFacts } from '../../core/wire/label.ts'
import type { Redactor } from '../../core/redact/redactor.ts'
import { ownText } from '../../core/wire/own-text.ts'

/** Labels as they stand in a line: plain, or percent-encoded in a URL or form. */
const labelInText = /(?:‹|%E2%80%B9)[a-z0-9_]{1,40}(?::|%3A)([0-9a-f]{16})/gi
const seenLimit = 100_000

/** The facts about labels, each given out once. */
export class NewLabels {
  readonly #redactor: Redactor
  readonly #seen = new Set<string>()
  #known: ReadonlySet<string> = new Set()

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** The lines that have to stand before these, so that their labels are explained. */
  lines(texts: readonly string[]): string[] {
    // All facts are asked for only when a label comes up that was not there before.
    if (!this.#notice(texts)) return []
    const facts = this.#redactor.facts()
    const fresh = Object.entries(facts).filter(([label]) => !this.#known.has(label))
    this.#known = new Set(Object.keys(facts))
    return fresh.map(
      ([label, about]: [string, LabelFacts]) =>
        `${JSON.stringify({ labels: { [label]: about } })}\n`,
    )
  }

  #notice(texts: readonly string[]): boolean {
    const before = this.#seen.size
    for (const text of texts)
      for (const [, hash] of text.matchAll(labelInText))
        if (!this.#seen.has(hash!)) this.#seen.add(ownText(hash!))
    const isNew = this.#seen.size > before
    if (this.#seen.size > seenLimit) this.#seen.clear()
    return isNew
  }
}
