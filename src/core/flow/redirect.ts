import { header } from '../wire/exchange.ts'
import type { Challenge, McpCall, Step } from '../step/step.ts'
import type { Flow } from './flow.ts'
import { parseUrl } from '../wire/parse-url.ts'

/** So soon after a redirect, a call to its target is what it led to, in milliseconds. */
const soon = 15_000

/** Where an answer sends the client (RFC 9110 §15.4), as an absolute URL without fragment; undefined when nowhere. */
export function redirectOf({ exchange, status, url }: Step): string | undefined {
  if (status === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const location = header(exchange.response?.headers ?? [], 'location')
  if (location === undefined) return undefined
  return parseUrl(location, url)?.href.split('#', 1)[0]
}

/** The call with which a client follows a redirect. */
export function followUpOf(step: McpCall, flow: Flow): McpCall | Challenge | undefined {
  const to = redirectOf(step)
  return flow
    .after(step, 'mcp', 'challenge')
    .find((call) => call.target === to && call.exchange.startedAt - step.exchange.startedAt <= soon)
}

/** Whether a redirect moved the client to the URL of this call. */
export function isFollowUp(step: McpCall | Challenge, flow: Flow): boolean {
  return flow.before(step, 'mcp').some((call) => redirectOf(call) === step.url)
}
