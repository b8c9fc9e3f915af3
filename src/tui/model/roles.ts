import { isRoot } from '../../core/verdict/culprit.ts'
import type { Finding } from '../../core/verdict/report.ts'
import { culpritOf, currentFindings } from './attempt.ts'
import type { Model } from './model.ts'

/**
 * What an exchange has to do with what was found. *culprit*: it is at fault. *consequence*: it failed because another did.
 * *warning*: it is at fault, and nothing broke. *witness*: it proves something of another. *mended*: it was at fault once.
 */
export type Role = 'culprit' | 'consequence' | 'warning' | 'witness' | 'mended'

export interface Part {
  readonly role: Role
  /** The finding that says so, the weightiest first. */
  readonly finding: Finding
}

const rank: Readonly<Record<Role, number>> = {
  culprit: 5,
  consequence: 4,
  warning: 3,
  mended: 2,
  witness: 1,
}

/** The parts that exchanges play, by their ids. */
export class Parts {
  readonly #model: Model
  #of = ''
  #parts = new Map<string, Part>()

  constructor(model: Model) {
    this.#model = model
  }

  of(exchange: string): Part | undefined {
    return this.#all().get(exchange)
  }

  #all(): ReadonlyMap<string, Part> {
    const { findingsVersion, report, from } = this.#model
    const of = `${findingsVersion} ${from} ${report?.firstBroken?.finding}`
    if (of === this.#of) return this.#parts
    this.#of = of
    this.#parts = new Map()
    for (const finding of currentFindings(this.#model)) this.#cast(finding)
    return this.#parts
  }

  #cast(finding: Finding): void {
    if (finding.severity === 'info') return
    const culprit = culpritOf(this.#model, finding)
    for (const { exchange } of finding.evidence) {
      const role = exchange === culprit ? roleAt(finding) : 'witness'
      const known = this.#parts.get(exchange)
      if (known === undefined || rank[role] > rank[known.role])
        this.#parts.set(exchange, { role, finding })
    }
  }
}

function roleAt(finding: Finding): Role {
  if (finding.past === true) return 'mended'
  if (finding.causedBy !== null) return 'consequence'
  return isRoot(finding) ? 'culprit' : 'warning'
}
