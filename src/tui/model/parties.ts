import type { Finding } from '../../core/verdict/report.ts'

/** The parties in few letters. */
export const shortParty = {
  client: 'client',
  'resource-server': 'MCP server',
  'authorization-server': 'auth server',
  intermediary: 'intermediary',
  undetermined: 'undetermined',
  authtap: 'authtap',
} as const

/** The same where there is little room. */
export function shortLoudParty(finding: Pick<Finding, 'fault' | 'confidence'>): string {
  return loudParty(finding).replace(/^LIKELY (.*)$/, '$1?')
}

/** The party at the head of a line, where it must not be missed. */
export function loudParty({ fault, confidence }: Pick<Finding, 'fault' | 'confidence'>): string {
  if (fault === 'undetermined') return 'UNCERTAIN'
  return `${confidence === 'likely' ? 'LIKELY ' : ''}${shortParty[fault].toUpperCase()}`
}
