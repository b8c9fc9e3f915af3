import { isUtf8 } from 'node:buffer'
import type { Call, Calls, Event, ExchangeEvent } from '../../core/verdict/event.ts'
import { bodyText, decodedBytes } from '../../core/wire/exchange.ts'
import { safeJson } from '../../core/wire/safe-text.ts'
import type { Safe } from '../../core/redact/redactor.ts'

/** One JSON object a line, for programs. */
export class NdjsonSink {
  readonly name = 'The output'
  readonly calls = true
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void) {
    this.#write = (text) => write(safeJson(text))
  }

  event(event: Safe<Event>): void {
    if (event.type === 'calls') this.#write(callLines(event.calls))
    else this.#write(`${JSON.stringify(eventJson(event))}\n`)
  }
}

/** A line each, as of the exchange that they are: what they share is made into JSON once. */
function callLines({ model, calls }: Calls): string {
  const line = lineOfCall(model)
  return calls
    .map((call) => {
      const { exchange } = call
      if (exchange === undefined) return line(call)
      const like = { ...exchange, like: model.exchange.id }
      return `${JSON.stringify(exchangeJson({ ...model, exchange: like }))}\n`
    })
    .join('')
}

function lineOfCall({ exchange, step, flow }: ExchangeEvent): (call: Call) => string {
  // What is the call's own stands last, so that the rest is made once.
  const own = { id: undefined, startedAt: undefined, endedAt: undefined, connection: undefined }
  const shared = { ...exchange, ...own, like: exchange.id, timings: undefined, step, flow }
  const { request, response, ...rest } = shared
  const asked = members({ ...request, body: undefined })
  const answer = response === undefined ? undefined : members({ ...response, body: undefined })
  const head = `{"type":"exchange","exchange":{${members(rest)},"request":{${asked},"body":`
  return ({ id, startedAt, endedAt, connection, sent, received }) => {
    const answered =
      answer === undefined ? '' : `"response":{${answer},"body":${unkept(received)}},`
    return `${head}${unkept(sent)}},${answered}${members({ id, startedAt, endedAt, connection })}}}\n`
  }
}

function members(value: object): string {
  return JSON.stringify(value).slice(1, -1)
}

function unkept(dropped: number): string {
  return `{"text":"","dropped":${dropped}}`
}

/**
 * An event as JSON: bodies become text where they are text, base64 where they are not; one that takes more characters than
 * `bodyLimit` is left out and counted as dropped.
 */
export function eventJson(event: Safe<Event>, bodyLimit = Infinity): unknown {
  return event.type === 'exchange' ? exchangeJson(event.exchange, bodyLimit) : event
}

function exchangeJson({ exchange, step, flow }: ExchangeEvent, bodyLimit = Infinity): unknown {
  const { request, response, ...rest } = exchange
  return {
    type: 'exchange',
    exchange: {
      ...rest,
      request: { ...request, body: bodyJson(request, bodyLimit) },
      ...(response === undefined
        ? {}
        : { response: { ...response, body: bodyJson(response, bodyLimit) } }),
      step,
      flow,
    },
  }
}

function bodyJson(
  message: Parameters<typeof bodyText>[0],
  limit: number,
): { text?: string; base64?: string; dropped: number } {
  const { bytes, dropped } = message.body
  const decoded = decodedBytes(message)
  if (decoded !== undefined && isUtf8(decoded))
    return decoded.length > limit
      ? { text: '', dropped: dropped + bytes.length }
      : { text: bodyText(message), dropped }
  if (bytes.length * 1.34 > limit) return { base64: '', dropped: dropped + bytes.length }
  return { base64: Buffer.from(bytes).toString('base64'), dropped }
}
