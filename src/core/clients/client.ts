import type { checks } from './checks.ts'

export type CheckName = keyof typeof checks

/** Something that a client looks at before it goes on, and how strictly. */
export interface ClientCheck<Name extends CheckName = CheckName> {
  readonly check: Name
  readonly how: Parameters<(typeof checks)[Name]['judge']>[1]
  /** Where that was read or seen. */
  readonly source: string
}

/** What is known of one client: how it shows itself, what it checks in which order, and what its mistakes look like. */
export interface Client {
  /** As `--as-client` takes it. */
  readonly id: string
  readonly name: string
  /** The version of which this is true. */
  readonly version: string
  /** When that was found out. */
  readonly date: string
  /** Where its facts are from, where a check does not say otherwise. */
  readonly source: string
  readonly shows: {
    readonly agent?: RegExp
    /** `clientInfo.name`, or `client_name` of a registration. */
    readonly name?: RegExp
    readonly clientId?: RegExp
    readonly redirectUri?: RegExp
  }
  /** In the order in which it comes to them. */
  readonly checks: readonly AnyCheck[]
  /** It checks more than that, and nobody has published what: that it would go on cannot be said. */
  readonly isPartlyKnown?: true
  /** What a finding of a rule has to do with this client: whole sentences. */
  readonly hints?: Readonly<Record<string, string>>
}

type AnyCheck = { [Name in CheckName]: ClientCheck<Name> }[CheckName]
