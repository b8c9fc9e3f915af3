import type { Fault, Severity } from './report.ts'

/** The parties as people call them, in a sentence. */
export const partyName: Readonly<Record<Fault, string>> = {
  client: 'the client',
  'resource-server': 'the MCP server',
  'authorization-server': 'the authorization server',
  intermediary: 'an intermediary (proxy, gateway or network)',
  undetermined: 'nobody for certain',
  authtap: 'authtap itself',
}

export const severityRank: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1 }

/** `1 exchange`, `2 exchanges`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A sentence begins with a capital. */
export function sentence(text: string): string {
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1)
}
