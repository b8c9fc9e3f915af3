import { type Exchange, emptyBody } from '../wire/exchange.ts'
import type { Finding, FlowReport, Report } from './report.ts'
import type { Step, StepKind } from '../step/step.ts'

/** An exchange as sinks get it: what was recorded, and what it is for. */
export interface ExchangeEvent {
  readonly exchange: Exchange
  readonly step: { readonly kind: StepKind; readonly summary: string; readonly ok: boolean }
  readonly flow: string
}

/** What the session tells its sinks. An exchange, flow or finding may come again with the same id: the last one counts. */
export type Event =
  | { readonly type: 'exchange'; readonly exchange: ExchangeEvent }
  | { readonly type: 'flow'; readonly flow: FlowReport }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'finding-withdrawn'; readonly 'finding-withdrawn': { readonly id: string } }
  | {
      readonly type: 'rule-crashed'
      readonly 'rule-crashed': {
        readonly rule: string
        readonly message: string
        readonly flow: string
      }
    }
  | { readonly type: 'report'; readonly report: Report }

export function stepView(step: Step): ExchangeEvent['step'] {
  return { kind: step.kind, summary: step.summary, ok: step.ok }
}

/** What is told of a step that was put into a flow. */
export function exchangeEvent(step: Step, flow: string): Event {
  const { exchange } = step
  return { type: 'exchange', exchange: { exchange, step: stepView(step), flow } }
}

/** An event whose exchange, if it is about one, is without header fields, bodies and touches. */
export function outline(event: Event): Event {
  if (event.type !== 'exchange') return event
  const { exchange } = event.exchange
  const { request, response } = exchange
  const bare = { headers: [], body: emptyBody }
  return {
    type: 'exchange',
    exchange: {
      ...event.exchange,
      exchange: {
        ...exchange,
        request: { ...request, ...bare },
        ...(response === undefined ? {} : { response: { ...response, ...bare, trailers: [] } }),
        touched: [],
      },
    },
  }
}
