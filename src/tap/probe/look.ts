/** Sections of what is told, in their order. */
export type Part =
  | 'Connection'
  | 'MCP call without a token'
  | 'Resource metadata'
  | 'Authorization server'
  | 'Web pages (CORS)'
  | 'Wrong on purpose'
  | 'Clients'
  | 'Login'
  | 'Token'
  | 'With the token'
  | 'Refresh'
  | 'Clearing up'

/** One thing that was looked at, in a line for people. */
export interface Look {
  readonly part: Part
  readonly text: string
  /** *well*: as it should be, unless a finding says otherwise; *bad*: it is not; *plain*: neither here nor there. */
  readonly mark: 'well' | 'bad' | 'plain'
  /** The exchange that shows it. */
  readonly exchange?: string
}

export type Tell = (look: Look) => void
