import { stepKinds } from '../step/kinds.ts'
import type { StepKind } from '../step/step.ts'

/** What a check may read of a flow beside its steps. */
const others = [
  'target',
  'clientId',
  'serverMetadata',
  'revision',
  'silence',
  'around',
  'follows',
  'session',
  'findings',
  /** What may be another each time. */
  'passing',
] as const

export type Part = StepKind | (typeof others)[number]

const bits = new Map<Part, number>(
  [...(Object.keys(stepKinds) as StepKind[]), ...others].map((part, index) => [part, 1 << index]),
)

/** The bit of a part; parts are told apart in sets of bits. */
export function bitOf(part: Part): number {
  return bits.get(part)!
}

export function bitsOf(parts: readonly Part[]): number {
  let all = 0
  for (const part of parts) all |= bits.get(part)!
  return all
}

/** What was read: parts as they were, and of some kinds only the steps before a certain one. */
export interface Reads {
  readonly whole: number
  readonly earlier: number
  /** The order of that step. */
  readonly until: number
}

/** What came in since a flow was judged last. */
export class Changes {
  parts = 0
  /** Of each kind the order of the earliest step that came, changed or went. */
  readonly #from = new Map<number, number>()

  step(kind: StepKind, order: number): void {
    const bit = bitOf(kind)
    this.parts |= bit
    this.#from.set(bit, Math.min(order, this.#from.get(bit) ?? Infinity))
  }

  /** Whether who read this may read something else now. */
  touch({ whole, earlier, until }: Reads): boolean {
    if ((whole & this.parts) !== 0) return true
    if ((earlier & this.parts) === 0) return false
    for (const [bit, from] of this.#from) if ((bit & earlier) !== 0 && from < until) return true
    return false
  }
}

/** Notes what is read of a flow while somebody wants to know. */
export class Reading {
  #isOpen = false
  #whole = 0
  #earlier = 0
  #until = -1

  note(whole: number, earlier = 0, until = -1): void {
    if (!this.#isOpen) return
    this.#whole |= whole
    this.#earlier |= earlier
    if (until > this.#until) this.#until = until
  }

  /** What this comes to, and what was read for it; who asks around it has read that as well. */
  during<Value>(act: () => Value): [Value, Reads] {
    const outer = { whole: this.#whole, earlier: this.#earlier, until: this.#until }
    const isOpen = this.#isOpen
    this.#whole = this.#earlier = 0
    this.#until = -1
    this.#isOpen = true
    try {
      const value = act()
      return [value, { whole: this.#whole, earlier: this.#earlier, until: this.#until }]
    } finally {
      this.note(outer.whole, outer.earlier, outer.until)
      this.#isOpen = isOpen
    }
  }
}
