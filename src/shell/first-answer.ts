import { type Exchange, header, mediaType } from '../core/wire/exchange.ts'
import type { Notice } from '../tap/notices.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** Hears of the answers at the endpoints that were given, and says once what an answer that no MCP server gives may mean. */
export function firstAnswers(
  targets: readonly string[],
  tell: (notice: Notice) => void,
): (exchange: Exchange) => void {
  const waiting = new Set(targets.map(placeOf))
  return (exchange) => {
    if (waiting.size === 0) return
    const place = placeOf(exchange.request.url)
    if (!waiting.has(place)) return
    if (exchange.response === undefined) {
      if (!isHungUp(exchange)) return
      waiting.delete(place)
      return tell({ code: 'odd-answer', level: 'warning', text: hungUp(place) })
    }
    // Where a session was, an endpoint is: 404 says that the session is over (MCP 2025-11-25 Session Management).
    const known = header(exchange.request.headers, 'mcp-session-id') !== undefined
    const text = known ? undefined : oddAnswer(exchange, place)
    // A stream that is refused, or a look at the endpoint, says nothing of the endpoint.
    if (text === undefined && exchange.request.method !== 'POST') return
    waiting.delete(place)
    if (text !== undefined) tell({ code: 'odd-answer', level: 'warning', text })
  }
}

function placeOf(url: string): string {
  const parsed = parseUrl(url)
  return parsed === undefined ? url : parsed.origin + parsed.pathname
}

/** To plain HTTP: with TLS a server has shown that it wants what it got. */
function isHungUp({ request, failure }: Exchange): boolean {
  const { phase, code = '' } = failure ?? {}
  return (
    phase === 'http' && /^(?:UND_ERR_SOCKET|ECONNRESET)$/.test(code) && /^http:/.test(request.url)
  )
}

function hungUp(place: string): string {
  const { origin } = new URL(place)
  return `${origin} ended the connection without an answer, as a server does that speaks TLS alone. Where it does, try ${place.replace(/^http:/, 'https:')}.`
}

function oddAnswer({ request, response }: Exchange, place: string): string | undefined {
  const { status, headers } = response!
  const { pathname, origin } = new URL(place)
  const others = ['/mcp', '/sse', '/'].filter((path) => path !== pathname)
  const advice = `Look up the path in the server's documentation; usual ones are ${others.map((path) => origin + path).join(' and ')}.`
  if (status === 404)
    return `${place} answers 404 to ${request.method}: there is no MCP endpoint at that path. ${advice}`
  if (status === 405 && request.method === 'POST')
    return `${place} answers 405 to POST, with which every MCP message is sent: it is no MCP endpoint of the current transport. ${advice}`
  if (status < 300 && mediaType(headers) === 'text/html')
    return `${place} answers ${request.method} with a web page: a page for people stands there, not an MCP server. ${advice}`
  if (
    status === 400 &&
    /plain HTTP request|HTTP request to an HTTPS/i.test(textOf(response!.body.bytes))
  )
    return `${origin} speaks TLS. Try ${place.replace(/^http:/, 'https:')}.`
  return undefined
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 2000)).toString('latin1')
}
