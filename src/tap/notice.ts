/** Something the proxy has to tell the person, beside what the exchanges say. */
export interface Notice {
  /** Stable, kebab-case: `port-moved`, `no-ipv6`, `state-damaged`, `dpop-cannot-pass`. */
  readonly code: string
  /** One or two sentences for people. May quote what a server sent: control characters are already replaced. */
  readonly text: string
  readonly level: 'info' | 'warning' | 'error'
}
