import type { Exchange } from './exchange.ts'
import { s256 } from './hash.ts'
import { isObject } from './json.ts'
import { readToken } from './jwt.ts'
import type { JsonObject } from './document.ts'
import type { LabelFacts } from './oauth-facts.ts'
import { type Replace, mapExchange, mapUrl } from './redact-exchange.ts'
import { isPersonal, knownPrefix, shapes } from './secret-names.ts'
import { Secrets, isLabel, withoutLabels } from './secrets.ts'

declare const safe: unique symbol
/** A value with no secret in it. Only this module makes one, so handing a sink a raw event does not compile. */
export type Safe<T> = T & { readonly [safe]: true }

export { isLabel } from './secrets.ts'

export interface RedactorOptions {
  /** Keys the labels, so that a value cannot be guessed from its label. */
  readonly key: Uint8Array
  /** Facts of a capture that is redacted already: its labels pass through unchanged. */
  readonly labels?: Readonly<Record<string, LabelFacts>>
  /** Everything passes through: the user asked for the secrets. */
  readonly off?: boolean
}

export interface Redactor {
  /** Finds every secret of an exchange by its place and name, and remembers it. */
  learn(exchange: Exchange): void
  /** The same exchange with labels in place of secrets, and MCP messages reduced to their outline. */
  exchange(exchange: Exchange): Safe<Exchange>
  text(text: string): Safe<string>
  /** Any JSON value, deeply. */
  value<T>(value: T): Safe<T>
  /** The kind of the first secret that finished text still holds; undefined when it is clean. */
  leaks(text: string): string | undefined
  /** What may be said about each label. */
  facts(): Record<string, LabelFacts>
  reveal(label: string): string | undefined
}

export function createRedactor(options: RedactorOptions): Redactor {
  return options.off === true ? new OpenRedactor() : new LabellingRedactor(options)
}

/** `--with-secrets`. */
class OpenRedactor implements Redactor {
  learn(): void {}
  exchange(exchange: Exchange): Safe<Exchange> {
    return exchange as Safe<Exchange>
  }
  text(text: string): Safe<string> {
    return text as Safe<string>
  }
  value<T>(value: T): Safe<T> {
    return value as Safe<T>
  }
  leaks(): undefined {}
  facts(): Record<string, LabelFacts> {
    return {}
  }
  reveal(): undefined {}
}

class LabellingRedactor implements Redactor {
  readonly #secrets: Secrets
  readonly #facts: Map<string, LabelFacts>
  readonly #replace: Replace

  constructor({ key, labels }: RedactorOptions) {
    this.#secrets = new Secrets(key)
    this.#facts = new Map(Object.entries(labels ?? {}))
    this.#replace = {
      secret: (kind, value) => this.#label(kind, value),
      text: (text) => this.#text(text),
    }
  }

  learn(exchange: Exchange): void {
    // The walk meets every secret by its name; what it builds is not needed yet.
    mapExchange(exchange, { secret: this.#replace.secret, text: (text) => this.#shaped(text) })
  }

  exchange(exchange: Exchange): Safe<Exchange> {
    return mapExchange(exchange, this.#replace) as Safe<Exchange>
  }

  text(text: string): Safe<string> {
    return this.#text(text) as Safe<string>
  }

  value<T>(value: T): Safe<T> {
    return this.#deep(value, 0) as Safe<T>
  }

  leaks(text: string): string | undefined {
    const label = this.#secrets.find(withoutLabels(text))
    return label === undefined ? undefined : label.slice(1, label.indexOf(':'))
  }

  facts(): Record<string, LabelFacts> {
    return Object.fromEntries(this.#facts)
  }

  reveal(label: string): string | undefined {
    return this.#secrets.reveal(label)
  }

  #label(kind: string, value: string): string {
    if (value === '' || isLabel(value)) return value
    const known = this.#secrets.knows(value)
    const label = this.#secrets.label(kind, value)
    if (!known) this.#learnAbout(label, kind, value)
    return label
  }

  #learnAbout(label: string, kind: string, value: string): void {
    if (kind === 'client_secret') this.#learnBasic(label, value)
    const token = value.includes('.') ? readToken(value) : undefined
    const signature = token?.format === 'jwt' ? value.slice(value.lastIndexOf('.') + 1) : ''
    // The signature alone must not leave either.
    if (signature !== '') this.#secrets.label('signature', signature)
    const claims = token?.claims === undefined ? undefined : this.#claims(token.claims)
    const prefix = knownPrefix(value)
    const user = kind === 'client_secret' ? basicUser(value) : undefined
    this.#facts.set(label, {
      kind,
      length: value.length,
      ...(prefix === undefined ? {} : { prefix }),
      ...(kind === 'code_verifier' ? { s256: s256(value) } : {}),
      ...(token?.header === undefined ? {} : { header: this.value(token.header) }),
      ...(claims === undefined ? {} : { claims }),
      ...(user === undefined ? {} : { user }),
    })
    if (this.#facts.size > 20_000) this.#facts.delete(this.#facts.keys().next().value!)
  }

  /** The secret inside Basic credentials is a secret of its own: it may stand elsewhere. */
  #learnBasic(_label: string, value: string): void {
    const text = basicText(value)
    const secret = text?.slice(text.indexOf(':') + 1)
    if (secret !== undefined && secret !== '') {
      this.#secrets.label('client_secret', secret)
      this.#secrets.label('client_secret', decodedOnce(secret))
    }
  }

  #claims(claims: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [
        name,
        isPersonal(name)
          ? this.#label('personal', typeof value === 'string' ? value : JSON.stringify(value))
          : this.#deep(value, 0),
      ]),
    )
  }

  #text(text: string): string {
    if (text.length < 6) return text
    return this.#shaped(this.#secrets.replace(text))
  }

  /** Secrets never seen in their place, found by shape or by the name right before them. */
  #shaped(text: string): string {
    let result = text
    for (const { kind, pattern } of shapes)
      result = result.replace(pattern, (value) => this.#label(kind, value))
    if (/bearer|token|secret|password|code_verifier|code=/i.test(result))
      result = this.#named(result)
    return result
  }

  #named(text: string): string {
    return text
      .replace(
        /\b(bearer|dpop) (?=\S{0,400}\d)([A-Za-z0-9._~+/-]{16,}={0,2})(?![\w="])/gi,
        (_, scheme: string, value: string) => `${scheme} ${this.#label('access_token', value)}`,
      )
      .replace(
        /(?<!‹)\b((?:access|refresh|id|auth)_token|client_secret|code_verifier|password|code)(["']?\s{0,2}[=:]\s{0,2}["']?)(?!%E2%80%B9)([^\s"'&<>,;‹]{8,2000})/gi,
        (_, name: string, between: string, value: string) =>
          `${name}${between}${this.#label(name.toLowerCase(), value)}`,
      )
  }

  #deep(value: unknown, depth: number): unknown {
    if (typeof value === 'string')
      return value.includes('://') && /[?#]/.test(value)
        ? this.#text(mapUrls(value, this.#replace))
        : this.#text(value)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if (depth > 100) return '…'
    if (Array.isArray(value)) return value.map((item) => this.#deep(item, depth + 1))
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.#deep(inner, depth + 1)]),
    )
  }
}

/** A text that is one URL is read as one; URLs inside a sentence are covered by what is known and by shape. */
function mapUrls(text: string, replace: Replace): string {
  return /^[a-z][a-z0-9+.-]{0,30}:\/\/\S*$/i.test(text) ? mapUrl(text, replace) : text
}

function basicText(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]{3,}={0,2}$/.test(value)) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  return text.includes(':') && !text.includes('\ufffd') ? text : undefined
}

function basicUser(value: string): string | undefined {
  const text = basicText(value)
  return text === undefined ? undefined : decodedOnce(text.slice(0, text.indexOf(':')))
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
