import type { JsonObject } from './json.ts'

/** Whether a value is a label and nothing else. */
export function isLabel(value: string): boolean {
  return value.startsWith('‹') && /^‹[a-z0-9_]{1,40}:[0-9a-f]{16}›$/.test(value)
}

/** What a redacted capture still says about a removed value. */
export interface LabelFacts {
  readonly kind: string
  readonly length: number
  /** Nothing but its looks told that it was a secret. */
  readonly byLooks?: true
  readonly prefix?: string
  /** For a code_verifier: its S256. */
  readonly s256?: string
  /** For a code_verifier: every character of it may stand in one (RFC 7636 §4.1). */
  readonly unreserved?: true
  /** For a JWT. */
  readonly header?: JsonObject
  readonly claims?: JsonObject
  /** For Basic credentials: the client id. */
  readonly user?: string
}
