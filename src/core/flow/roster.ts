import { BoundedMap } from '../wire/bounded-map.ts'
import type { Step } from '../step/step.ts'
import { Attempt } from './attempt.ts'
import { isBrowserLeg, programOf } from '../step/program.ts'
import type { Flow } from './flow.ts'

const rememberedConnections = 20_000

/** Among so many of the newest attempts one is looked for; an older one is found by what ties a step to it. */
const recentAttempts = 200

/** The login attempts of a session, and which of them a step without a tie may belong to. */
export class Roster {
  readonly #attempts: Attempt[] = []
  readonly #byFlow = new Map<Flow, Attempt>()
  readonly #byConnection = new BoundedMap<Attempt>(rememberedConnections)

  get all(): readonly Attempt[] {
    return this.#attempts
  }

  add(flow: Flow): Attempt {
    const attempt = new Attempt(flow)
    this.#attempts.push(attempt)
    this.#byFlow.set(flow, attempt)
    return attempt
  }

  of(flow: Flow): Attempt | undefined {
    return this.#byFlow.get(flow)
  }

  /** Remembers whose connection a step came over. */
  connect(step: Step, attempt: Attempt): void {
    if (tellsConnection(step)) this.keep(step.exchange.connection, attempt)
  }

  keep(connection: string, attempt: Attempt): void {
    if (connection !== '') this.#byConnection.set(connection, attempt)
  }

  /** The attempt whose steps came over this connection last. */
  connected(connection: string): Attempt | undefined {
    return this.#byConnection.get(connection)
  }

  /** The attempts that a step without a tie may belong to, the newest first. */
  get recent(): Attempt[] {
    return this.#attempts
      .slice(-recentAttempts)
      .filter(({ flow }) => !flow.isEmpty)
      .sort((a, b) => b.flow.lastActivity - a.flow.lastActivity)
  }

  /** The recent attempts of the program that sends this step. */
  ofProgram(step: Step): Attempt[] {
    const program = programOf(step)
    return this.recent.filter((attempt) => (attempt.program ?? program) === program)
  }

  /** The one whose documents lead to it, and that lacks such a step; of several the one on this connection, else the newest. */
  nearest(step: Step, candidates: readonly Attempt[]): Attempt | undefined {
    const connected = this.#byConnection.get(step.exchange.connection)
    const led = candidates.filter((attempt) => attempt.leadsTo(step))
    const able = led.length > 0 ? led : candidates
    const lacking = able.filter((attempt) => attempt.lacks(step))
    const best = lacking.length > 0 ? lacking : able
    return connected !== undefined && best.includes(connected) ? connected : best[0]
  }
}

/** Several servers may share an origin: the metadata of one that another attempt calls, and this one does not. */
export function isOfAnother(step: Step, attempt: Attempt, roster: Roster): boolean {
  if (step.kind !== 'resource-metadata' || step.probe === 'root') return false
  const { target } = step
  return (
    target !== undefined &&
    !attempt.calls(target) &&
    roster.recent.some((other) => other.target !== undefined && other.calls(target))
  )
}

/** Whether what a step belongs to is what its connection belongs to: not for a browser's, nor for what every attempt may fetch. */
function tellsConnection(step: Step): boolean {
  return (
    !isBrowserLeg(step) && !['jwks', 'client-metadata', 'preflight', 'other'].includes(step.kind)
  )
}
