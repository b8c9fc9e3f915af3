import type { Fault, Severity } from './report.ts'

/** The parties as people call them, in a sentence. */
export const partyName: Readonly<Record<Fault, string>> = {
  client: 'the client',
  'resource-server': 'the MCP server',
  'authorization-server': 'the authorization server',
  intermediary: 'an intermediary (proxy, gateway or network)',
  undetermined: 'not certain',
  authtap: 'authtap itself',
}

export const severityRank: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1 }

/** `1 exchange`, `2 exchanges`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Names that are spelled like a word: of programs, hosts, and claims and header parameters of a token (RFC 7519 §4.1). */
const names = new Set(
  'alg aud authtap azp exp htm htu iat iss jku jti jwk jwks kid localhost nbf npx sub typ'.split(
    ' ',
  ),
)

/**
 * A sentence begins with a capital where it begins with a word. A URL, a parameter, a rule or a file name says something
 * else when it is spelled otherwise.
 */
export function sentence(text: string): string {
  const word = /^[a-z]+(?=$|[ ,;'’]|[:.!?](?: |$))/.exec(text)?.[0]
  return word === undefined || names.has(word) ? text : text[0]!.toUpperCase() + text.slice(1)
}
