import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loginTranscript } from '../login.ts'

export const one = { suffix: 'one', host: 'mcp.example' }
export const other = { suffix: 'other', host: 'other.example' }

interface Habits {
  /** Of a client that was registered by hand; absent where it registers itself. */
  readonly clientId?: string
  /** It names no resource (RFC 8707 §2). */
  readonly unnamed?: boolean
  /** Its tokens say nothing. */
  readonly opaque?: boolean
}

/** A login to one of two MCP servers that share an authorization server, over connections that the clients share. */
export function loginTo(
  { suffix, host }: typeof one,
  { clientId = `client-${suffix}`, unnamed = false, opaque = false }: Habits = {},
): Exchange[] {
  const named = loginTranscript({ suffix, resource: `https://${host}/mcp` })
  const own = unnamed ? named.replaceAll(/&resource=[^&\s]*/g, '') : named
  const text = own.replaceAll(`client-${suffix}`, clientId)
  const claims = text.replaceAll('"aud":"https://mcp.example', `"aud":"https://${host}`)
  const tokens = opaque
    ? claims.replaceAll(/\$\{jwt \{[^}]*"jti":"([^"]*)"[^}]*\}\}/g, 'opaque-token-$1-0f3b9c7d2a')
    : claims
  return parseTranscript(tokens.replaceAll('//mcp.example', `//${host}`)).map((exchange) => ({
    ...exchange,
    id: `${suffix} ${exchange.id}`,
    connection: exchange.handedOver === true ? 'browser' : 'shared',
  }))
}

const registering = 3

/** Both begin at once, and the one that began last registers first: its registration is taken for that of the other. */
export function crossingLogins(): Exchange[] {
  const [a, b] = [loginTo(one), loginTo(other)]
  const begun = a.slice(0, registering).flatMap((exchange, n) => [exchange, b[n]!])
  const rest = a
    .slice(registering + 1)
    .flatMap((exchange, n) => [exchange, b[registering + 1 + n]!])
  return [...begun, b[registering]!, a[registering]!, ...rest].map((exchange, place) => ({
    ...exchange,
    startedAt: 1_800_000_000_000 + place * 1000,
    ...(exchange.endedAt === undefined ? {} : { endedAt: 1_800_000_000_500 + place * 1000 }),
  }))
}
