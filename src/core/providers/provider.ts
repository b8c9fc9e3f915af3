/** What is known of one product that issues tokens: how to recognise it, and what it needs to serve MCP. */
export interface Provider {
  readonly name: string
  /** When what is said here was found out, and where. */
  readonly date: string
  readonly source: string
  /** Whether an issuer on this host (lower case) and path is one of this product. */
  readonly serves: (host: string, path: string) => boolean
  /** What to do about a rule's finding with this product, by rule id: whole sentences. */
  readonly advice: Readonly<Record<string, string>>
  /** What it always does and its clients are used to, as `rule#variant`: no reason to warn of it, where nothing breaks by it. */
  readonly manners?: readonly string[]
  /** What its error codes, or words that only it uses, mean: the setting, and where it is found. */
  readonly codes?: Readonly<Record<string, string>>
}

/** The host is this domain, or one below it. */
export function within(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}
