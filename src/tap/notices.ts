/** Something the proxy has to tell the person, beside what the exchanges say. */
export interface Notice {
  /** Stable, kebab-case: `port-moved`, `no-ipv6`, `state-damaged`, `dpop-cannot-pass`. */
  readonly code: string
  /** One or two sentences for people. May quote what a server sent: control characters are already replaced. */
  readonly text: string
  readonly level: 'info' | 'warning' | 'error'
}

const toldLimit = 2000

/** Tells each thing once. */
export class Notices {
  readonly #notice: (notice: Notice) => void
  readonly #told = new Set<string>()

  constructor(notice: (notice: Notice) => void) {
    this.#notice = notice
  }

  /** @param about what it is about, when one code may have to be told several times */
  tell(level: Notice['level'], code: string, text: string, about = ''): void {
    const key = `${code} ${about}`
    if (this.#told.has(key) || this.#told.size >= toldLimit) return
    this.#told.add(key)
    this.#notice({
      code,
      level,
      text: text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd'),
    })
  }
}

/** A value that a server or client sent, fit to stand in a sentence. */
export function quoted(value: string): string {
  return value.length > 300 ? `${value.slice(0, 300)}…` : value
}
