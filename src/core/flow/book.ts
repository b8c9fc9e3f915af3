import { BoundedMap } from '../wire/bounded-map.ts'
import type { Exchange } from '../wire/exchange.ts'
import type { Step } from '../step/step.ts'
import type { Attempt } from './attempt.ts'
import { isBrowserLeg, programOf } from '../step/program.ts'
import { Flow } from './flow.ts'
import { type Timers } from './timers.ts'
import { openingByFirstUse } from './first-use.ts'
import { byHints } from './hints.ts'
import { Known } from './known.ts'
import { type Moved, legsThatGoAlong } from './legs.ts'
import type { Revision } from './revision.ts'
import { Roster } from './roster.ts'
import { leadsOf, tiesOf } from './ties.ts'
import { s256 } from '../wire/hash.ts'

const rememberedTies = 20_000
/** Ties that are longer, tokens above all, are known by their hash. */
const longTie = 60

export interface Place {
  readonly flow: Flow
  /** Steps that turned out to belong to the same flow. */
  readonly moved: readonly Moved[]
}

/**
 * Puts each step into its flow: a flow is one login attempt. What only one attempt has ties a step to it. A leg that
 * carries no such thing goes by hints (its program, its connection, where it points), to an attempt that has no token
 * yet; it goes along when the attempt that goes on from it turns out to be another.
 */
export class FlowBook {
  readonly #timers: Timers
  readonly #forced: Revision | undefined
  readonly #known = new Known()
  readonly #roster = new Roster()
  readonly #byExchange = new BoundedMap<Attempt>(rememberedTies)
  readonly #byTie = new BoundedMap<Attempt>(rememberedTies)

  constructor(timers: Timers, forced: Revision | undefined) {
    this.#timers = timers
    this.#forced = forced
  }

  get flows(): readonly Flow[] {
    return this.#roster.all.map(({ flow }) => flow)
  }

  /** Where an exchange was placed; undefined when it is not known, or no longer. */
  flowOf(exchange: string): Flow | undefined {
    return this.#byExchange.get(exchange)?.flow
  }

  /** The flow this step belongs to, a new one when none fits; and what was placed elsewhere before, as it shows. */
  place(step: Step): Place {
    const beside = this.flowOf(step.exchange.trial?.of ?? '')
    if (beside !== undefined) {
      beside.trials.add(step)
      return { flow: beside, moved: [] }
    }
    const placed = this.#byExchange.get(step.exchange.id)
    const tied = placed ?? this.#tied(step)
    const attempt = tied ?? byHints(step, this.#roster) ?? this.#open()
    const moved = this.#moved(step, attempt, placed === undefined)
    for (const one of moved) this.#byExchange.get(one.step.exchange.id)?.release(one.step)
    for (const one of moved) this.#enter(one.step, one.to)
    this.#enter(step, attempt)
    return { flow: attempt.flow, moved }
  }

  /** What was placed elsewhere before, as this step shows. @param isNew not seen at its beginning */
  #moved(step: Step, attempt: Attempt, isNew: boolean): readonly Moved[] {
    if ((step.kind === 'mcp' || step.kind === 'challenge') && step.presented !== undefined)
      return openingByFirstUse(step, attempt, this.#roster, () => this.#open())
    return isNew ? legsThatGoAlong(step, attempt, this.#roster) : []
  }

  /** Counts a call that is like one that was placed. */
  count(exchange: Exchange, flow: Flow): void {
    flow.count(exchange)
    const attempt = this.#roster.of(flow)!
    this.#byExchange.set(exchange.id, attempt)
    this.#roster.keep(exchange.connection, attempt)
  }

  /** Packs attempts in which nothing happened lately. */
  tidy(): void {
    this.#known.tidy()
  }

  #enter(step: Step, attempt: Attempt): void {
    this.#byExchange.set(step.exchange.id, attempt)
    const leads = leadsOf(step)
    for (const tie of leads) this.#byTie.set(keyOf(tie), attempt)
    if (leads.length > 0) attempt.lastTied = Math.max(attempt.lastTied, step.order)
    this.#roster.connect(step, attempt)
    attempt.take(step)
    this.#known.learn(step)
    if (attempt.flow.follows === undefined && attempt.isWithoutToken)
      attempt.flow.follows = this.#before(step, attempt)
  }

  /** The newest attempt before this one of the same program, or with the same client id, that had a token. */
  #before(step: Step, attempt: Attempt): Flow | undefined {
    const clientId = step.kind === 'authorize' ? step.clientId : undefined
    const program = isBrowserLeg(step) ? undefined : programOf(step)
    return this.#roster.recent.find(
      (other) =>
        other !== attempt &&
        !other.isWithoutToken &&
        (clientId === undefined ? other.program === program : other.uses(clientId)) &&
        (attempt.target === undefined || other.target === undefined || other.calls(attempt.target)),
    )?.flow
  }

  #open(): Attempt {
    const id = `w${this.#roster.all.length + 1}`
    const flow = new Flow(id, this.#timers, this.#forced, this.#known)
    return this.#roster.add(flow)
  }

  #tied(step: Step): Attempt | undefined {
    for (const tie of tiesOf(step)) {
      const attempt = this.#byTie.get(keyOf(tie))
      if (attempt === undefined) continue
      // A client that sends one challenge in every login begins anew all the same once a token was issued.
      if (step.kind === 'authorize' && attempt.issued && !attempt.goesOn) continue
      return attempt
    }
    return undefined
  }
}

function keyOf(tie: string): string {
  return tie.length > longTie ? s256(tie) : tie
}
