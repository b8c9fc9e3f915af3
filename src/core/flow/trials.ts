import type { Step, StepKind, StepOf } from '../step/step.ts'
import { BoundedMap } from '../wire/bounded-map.ts'

/** A hostile capture cannot make this grow. */
const trialLimit = 100

/** What `authtap check` tried beside a login attempt, wrong on purpose or where no client would look. */
export class Trials {
  readonly #steps = new BoundedMap<Step>(trialLimit)

  /** @internal Takes a step in, or a later version of it. */
  add(step: Step): void {
    this.#steps.set(step.exchange.id, step)
  }

  /** @internal */
  has({ exchange }: Step): boolean {
    return this.#steps.has(exchange.id)
  }

  /** Steps of these kinds, oldest first. */
  of<const Kind extends StepKind>(...kinds: Kind[]): StepOf<Kind>[] {
    const steps = [...this.#steps.values()]
    return steps.filter((step) => kinds.includes(step.kind as Kind)) as StepOf<Kind>[]
  }
}
