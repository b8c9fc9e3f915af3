import { type ExchangeEvent, stepView } from '../core/verdict/event.ts'
import type { Exchange } from '../core/wire/exchange.ts'
import type { Finding } from '../core/verdict/report.ts'
import type { Session } from '../core/session.ts'

/** So many exchanges are shown whatever they are, and so many bytes of bodies. */
const countLimit = 2000
const sizeLimit = 128 * 1024 * 1024
/** Of so many flows the steps are shown; of the others those that findings cite. */
const flowLimit = 100

/**
 * What documents show of a capture: all of it when that is little; of a very large one the beginning, what went wrong, the
 * steps of its flows and what findings cite.
 */
export class ShownExchanges {
  readonly #events = new Map<string, ExchangeEvent>()
  #size = 0

  /** In the order of time. A later version takes the place of the earlier one. */
  take(event: ExchangeEvent): void {
    const { exchange, step } = event
    const isOrdinary = step.kind === 'mcp' && step.ok
    const limit = isOrdinary ? countLimit : 2 * countLimit
    const isFull = this.#events.size >= limit || this.#size >= sizeLimit
    if (isFull && !this.#events.has(exchange.id)) return
    this.#events.set(exchange.id, event)
    this.#size += sizeOf(exchange)
  }

  /** Once the session has settled: in the order of time, those of the same time as they came. */
  of(session: Session, findings: readonly Finding[]): ExchangeEvent[] {
    const cited = new Set(findings.flatMap(({ evidence }) => evidence.map((one) => one.exchange)))
    const blamed = new Set(findings.map(({ flow }) => flow))
    const flows = session.flows.toSorted(
      (a, b) => Number(blamed.has(b.id)) - Number(blamed.has(a.id)),
    )
    for (const [index, flow] of flows.entries())
      for (const step of flow.steps) {
        const { exchange } = step
        if (this.#events.has(exchange.id) || (index >= flowLimit && !cited.has(exchange.id)))
          continue
        this.#events.set(exchange.id, { exchange, step: stepView(step), flow: flow.id })
      }
    return [...this.#events.values()].sort((a, b) => a.exchange.startedAt - b.exchange.startedAt)
  }
}

function sizeOf({ request, response }: Exchange): number {
  return request.body.bytes.length + (response?.body.bytes.length ?? 0)
}
