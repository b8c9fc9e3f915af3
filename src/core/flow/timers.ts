/** How long silence lasts before a rule may speak about it, in milliseconds. */
export interface Timers {
  /** A successor on the back channel. */
  readonly backChannel: number
  /** The first use of a token. */
  readonly firstUse: number
  /** A person at a login page. */
  readonly user: number
}

export const defaultTimers: Timers = { backChannel: 15_000, firstUse: 60_000, user: 300_000 }
