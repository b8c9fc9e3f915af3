import type { Finding } from './report.ts'

/** Fields are written as their specification does. */
const fieldNames: Readonly<Record<string, string>> = { 'www-authenticate': 'WWW-Authenticate' }

/** What a place holds, by its own name: `aud`, `redirect_uri`, `WWW-Authenticate`. */
export function nameAt(at: string): string {
  const last = at.split('.').slice(1).join('.')
  if (!last.includes('.')) return last.split('/').findLast((part) => !/^\d*$/.test(part)) ?? last
  const name = last.slice(last.indexOf('.') + 1).replace(/\[\d+\]$/, '')
  if (!last.startsWith('header.')) return name
  return fieldNames[name] ?? name.replaceAll(/(^|-)[a-z]/g, (part) => part.toUpperCase())
}

/** A finding in few words: which value is wrong, and what it has to be. */
export interface Fact {
  /** What is wrong: a name, or all there is to say where nothing was expected. */
  readonly subject: string
  readonly found?: string
  readonly expected?: string
}

/** The short form of a finding; what its rule saw, in a sentence, where the rule gives none. */
export function factOf({ found, expected, evidence, message }: Finding): Fact {
  if (expected === undefined) return { subject: found ?? message }
  const name = nameAt(evidence[0]?.at ?? '')
  return { subject: name, expected, ...(found === undefined ? {} : { found }) }
}

/** The fact in one line: `aud is api://default, must be https://mcp.example/mcp`. */
export function factText({ subject, found, expected }: Fact): string {
  if (expected === undefined) return subject
  return found === undefined
    ? `${subject} is missing, must be ${expected}`
    : `${subject} is ${found}, must be ${expected}`
}
