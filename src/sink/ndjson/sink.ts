import { isUtf8 } from 'node:buffer'
import type { Event } from '../../core/verdict/event.ts'
import { bodyText, decodedBytes } from '../../core/wire/exchange.ts'
import type { Safe } from '../../core/redact/redactor.ts'

/** One JSON object a line, for programs. */
export class NdjsonSink {
  readonly name = 'The output'
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  event(event: Safe<Event>): void {
    this.#write(`${JSON.stringify(eventJson(event))}\n`)
  }
}

/**
 * An event as JSON: bodies become text where they are text, base64 where they are not; one that takes more characters than
 * `bodyLimit` is left out and counted as dropped.
 */
export function eventJson(event: Safe<Event>, bodyLimit = Infinity): unknown {
  if (event.type !== 'exchange') return event
  const { exchange, step, flow } = event.exchange
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
