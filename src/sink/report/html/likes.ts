import type { ExchangeEvent } from '../../../core/verdict/event.ts'
import { type JudgedCapture, brokenExchange } from '../judged-capture.ts'

/** Of those that are alike so many are shown whole. */
const wholeOfAlike = 8

/** Which exchanges are like one that is shown whole: what they are for, whom they asked, and how it ended. */
export class Likes {
  readonly #shown = new Map<string, { readonly first: string; count: number }>()
  readonly #cited: ReadonlySet<string>

  constructor({ report }: JudgedCapture) {
    this.#cited = citedIn(report)
  }

  add(event: ExchangeEvent): void {
    const known = this.#shown.get(shapeOf(event))
    if (known === undefined) this.#shown.set(shapeOf(event), { first: event.exchange.id, count: 1 })
    else known.count += 1
  }

  /** The exchange that this one is like, where there are enough of them; what a finding cites is like none. */
  of(event: ExchangeEvent): string | undefined {
    if (this.#cited.has(event.exchange.id)) return undefined
    const known = this.#shown.get(shapeOf(event))
    return known !== undefined && known.count >= wholeOfAlike ? known.first : undefined
  }
}

/** What a reader looks for first comes first: what broke, what findings cite, what failed. */
export function byWeight(
  shown: readonly ExchangeEvent[],
  capture: JudgedCapture,
): readonly ExchangeEvent[] {
  const broken = brokenExchange(capture)
  const cited = citedIn(capture.report)
  const weight = ({ exchange, step }: ExchangeEvent) =>
    exchange.id === broken ? 3 : cited.has(exchange.id) ? 2 : step.ok ? 0 : 1
  return shown.toSorted((a, b) => weight(b) - weight(a))
}

function citedIn({ findings }: JudgedCapture['report']): ReadonlySet<string> {
  return new Set(findings.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange)))
}

function shapeOf({ exchange: { request, response, failure }, step }: ExchangeEvent): string {
  const target = request.url.split('?', 1)[0]!
  return `${step.kind} ${step.ok} ${request.method} ${target} ${response?.status ?? failure?.code}`
}
