import { type Body, type Exchange, changesIn, emptyBody } from '../wire/exchange.ts'
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
  /** Of the newest ones all of it. */
  readonly exchange?: Exchange
}

/** Calls that are like an earlier one of their flow in all that rules look at, in the order in which they ended. */
export interface Calls {
  /** The exchange that they are like, as it was told. */
  readonly model: ExchangeEvent
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

/**
 * What is told of a step that was put into a flow.
 * @param exchange that of the step, or another that is like it
 */
export function exchangeEvent(step: Step, flow: string, exchange = step.exchange): Event {
  return { type: 'exchange', exchange: { exchange, step: stepView(step), flow } }
}

export function callOf({
  id,
  startedAt,
  endedAt = startedAt,
  connection,
  request,
  response,
}: Exchange): Call {
  const received = response === undefined ? 0 : sizeOf(response)
  return { id, startedAt, endedAt, connection, sent: sizeOf(request), received }
}

function sizeOf({ body }: { readonly body: Body }): number {
  return body.bytes.length + body.dropped
}

/** Calls as exchanges: what was not kept of one is that of the exchange it is like, and its bodies are left out. */
export function* callEvents({ model, calls }: Calls): Generator<ExchangeEvent> {
  for (const call of calls) {
    const exchange = call.exchange ?? likeModel(call, model.exchange)
    yield { ...model, exchange: { ...exchange, like: model.exchange.id } }
  }
}

/** A call that is like an exchange, as far as it was kept. */
export function likeModel(call: Omit<Call, 'exchange'>, model: Exchange): Exchange {
  const { timings: _timings, ...rest } = model
  const { id, startedAt, endedAt, connection, sent, received } = call
  const { request, response } = model
  return {
    ...rest,
    id,
    like: model.id,
    startedAt,
    endedAt,
    connection,
    request: { ...request, body: unkept(sent) },
    ...(response === undefined ? {} : { response: { ...response, body: unkept(received) } }),
  }
}

function unkept(dropped: number): Body {
  return { bytes: new Uint8Array(0), dropped }
}

/** An event whose exchange, if it is about one, is without header fields, bodies and translations. */
export function outline(event: Event): Event {
  if (event.type === 'exchange') return { ...event, exchange: outlined(event.exchange) }
  if (event.type !== 'calls') return event
  const calls = event.calls.calls.map(({ exchange: _exchange, ...call }) => call)
  return { ...event, calls: { model: outlined(event.calls.model), calls } }
}

function outlined(event: ExchangeEvent): ExchangeEvent {
  const { exchange } = event
  const { request, response } = exchange
  const bare = { headers: [], body: emptyBody }
  return {
    ...event,
    exchange: {
      ...exchange,
      request: { ...request, ...bare },
      ...(response === undefined ? {} : { response: { ...response, ...bare, trailers: [] } }),
      touched: changesIn(exchange),
    },
  }
}
