import type { Redactor } from '../../core/redact/redactor.ts'

/** Facts that a snapshot holds, and labels that are remembered as told. */
const labelLimit = 5000

/** A label as it stands in text, or percent-encoded once or more often in a URL or a form. */
const anyLabel =
  /(?:‹|%(?:25){0,3}E2%(?:25){0,3}80%(?:25){0,3}B9)([a-z0-9_]{1,40})(?::|%(?:25){0,3}3A)([0-9a-f]{16})/gi

/** What may be said of the labels that viewers have met: needed to judge and to save what they saw. */
export class LiveLabels {
  readonly #met = new Set<string>()
  #untold: string[] = []

  /** Reads the labels out of a text. True when one of them is new. */
  meet(text: string): boolean {
    for (const [, kind, hash] of text.matchAll(anyLabel)) {
      const label = `‹${kind}:${hash}›`
      if (this.#met.has(label)) continue
      this.#met.add(label)
      this.#untold.push(label)
      if (this.#met.size > labelLimit) this.#met.delete(this.#met.values().next().value!)
    }
    return this.#untold.length > 0
  }

  /** Facts about the labels met since this was last asked. */
  news(redactor: Redactor): Record<string, unknown> {
    return factsOf(this.#untold.splice(0), redactor)
  }

  all(redactor: Redactor): Record<string, unknown> {
    return factsOf([...this.#met], redactor)
  }
}

function factsOf(labels: readonly string[], redactor: Redactor): Record<string, unknown> {
  const facts = labels.length === 0 ? {} : redactor.facts()
  return Object.fromEntries(
    labels.flatMap((label) => (Object.hasOwn(facts, label) ? [[label, facts[label]]] : [])),
  )
}
