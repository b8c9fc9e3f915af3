import type { WebRequest, WebResponse } from 'sarif'
import type { Headers } from '../../core/wire/exchange.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { readableBody } from './http-text.ts'
import type { JudgedCapture } from './judged-capture.ts'

/** A body is told as far as a person reads it, in characters. */
const bodyLimit = 4000

interface WebMessages {
  readonly index: ReadonlyMap<string, number>
  readonly requests: WebRequest[]
  readonly responses: WebResponse[]
}

/** The exchanges that findings cite, as SARIF has them (§3.46, §3.47); `index` says where each one stands. */
export function webMessages({ report, exchanges }: JudgedCapture): WebMessages {
  const cited = new Set(
    report.findings.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange)),
  )
  const shown = exchanges.filter(({ exchange }) => cited.has(exchange.id))
  return {
    index: new Map(shown.map(({ exchange }, position) => [exchange.id, position])),
    requests: shown.map(({ exchange: { request } }, index) => ({
      index,
      protocol: 'HTTP',
      version: request.httpVersion ?? '1.1',
      method: safe(request.method),
      target: safe(request.url),
      headers: headerObject(request.headers),
      ...body(readableBody(request, bodyLimit)),
    })),
    responses: shown.map(({ exchange: { response } }, index) =>
      response === undefined
        ? { index, noResponseReceived: true }
        : {
            index,
            protocol: 'HTTP',
            version: response.httpVersion ?? '1.1',
            statusCode: response.status,
            reasonPhrase: safe(response.statusText),
            headers: headerObject(response.headers),
            ...body(readableBody(response, bodyLimit)),
            noResponseReceived: false,
          },
    ),
  }
}

function body(text: string) {
  return text === '' ? {} : { body: { text } }
}

/** SARIF has one value a name: those of repeated fields are joined as RFC 9110 §5.3 joins them. */
function headerObject(headers: Headers): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of headers) {
    const earlier = joined.get(safe(name))
    joined.set(safe(name), earlier === undefined ? safe(value) : `${earlier}, ${safe(value)}`)
  }
  return Object.fromEntries(joined)
}
