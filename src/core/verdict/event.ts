import type { Model } from '../flow/ordinary.ts'
import { type Body, type Exchange, emptyBody } from '../wire/exchange.ts'
import type { Finding, FlowReport, Report } from './report.ts'
import type { Step, StepKind } from '../step/step.ts'

/** An exchange as sinks get it: what was recorded, and what it is for. */
export interface ExchangeEvent {
  readonly exchange: Exchange
  readonly step: { readonly kind: StepKind; readonly summary: string; readonly ok: boolean }
  readonly flow: string
}

/** An MCP call that tells nothing new, as far as it is kept. */
export interface Call {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  readonly connection: string
  /** Bytes of the bodies. */
  readonly sent: number
  readonly received: number
}

/** Calls of one flow that are like an earlier one in all that rules look at, in the order in which they ended. */
export interface Calls extends Pick<ExchangeEvent, 'step' | 'flow'> {
  /** Id of the exchange that they are like. */
  readonly like: string
  readonly request: { readonly method: string; readonly url: string }
  readonly calls: readonly Call[]
}

/** What the session tells its sinks. An exchange, flow or finding may come again with the same id: the last one counts. */
export type Event =
  | { readonly type: 'exchange'; readonly exchange: ExchangeEvent }
  | { readonly type: 'calls'; readonly calls: Calls }
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

/** What is told of a call that is like another. */
export function callEvent(exchange: Exchange, { step, flow }: Model): Event {
  const like = { ...exchange, like: step.exchange.id }
  return { type: 'exchange', exchange: { exchange: like, step: stepView(step), flow: flow.id } }
}

export function callOf({ id, startedAt, endedAt, connection, request, response }: Exchange): Call {
  return {
    id,
    startedAt,
    endedAt: endedAt ?? startedAt,
    connection,
    sent: sizeOf(request),
    received: response === undefined ? 0 : sizeOf(response),
  }
}

function sizeOf({ body }: { readonly body: Body }): number {
  return body.bytes.length + body.dropped
}

/** What is told of calls that are like another, together. */
export function callsEvent(calls: readonly Call[], { step, flow }: Model): Event {
  const { id, request } = step.exchange
  const { method, url } = request
  return {
    type: 'calls',
    calls: { like: id, flow: flow.id, step: stepView(step), request: { method, url }, calls },
  }
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
