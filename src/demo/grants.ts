import { createHash, randomBytes } from 'node:crypto'

/** What a user has allowed a client. */
export interface Grant {
  readonly clientId: string
  readonly redirectUri: string
  /** The S256 code_challenge of the authorization request. */
  readonly challenge: string
  readonly resources: readonly string[]
  readonly scope: string
}

interface Entry {
  readonly grant: Grant
  readonly expiresAt: number
  spent: boolean
}

const codeLifetime = 60_000
const refreshLifetime = 3_600_000

/**
 * Codes and, when rotating, refresh tokens: each works once. Using one twice ends the grant it stands for
 * (RFC 9700 §4.14.2).
 */
export class Grants {
  readonly #codes = new Map<string, Entry>()
  readonly #refreshTokens = new Map<string, Entry>()
  readonly #revoked = new Set<Grant>()
  readonly #rotating: boolean

  constructor(rotating: boolean) {
    this.#rotating = rotating
  }

  issueCode(grant: Grant): string {
    return issue(this.#codes, grant, codeLifetime)
  }

  issueRefreshToken(grant: Grant): string {
    return issue(this.#refreshTokens, grant, refreshLifetime)
  }

  /** The grant behind a code, or why there is none. */
  redeemCode(form: URLSearchParams): Grant | string {
    const redeemed = this.#redeem(
      this.#codes,
      form.get('code'),
      form.get('client_id'),
      'authorization code',
    )
    if (typeof redeemed === 'string') return redeemed
    if (form.get('redirect_uri') !== redeemed.redirectUri)
      return 'redirect_uri is not the one the code was sent to'
    const verifier = form.get('code_verifier')
    if (verifier === null) return 'code_verifier is missing'
    if (s256(verifier) !== redeemed.challenge) return 'code_verifier does not match code_challenge'
    return redeemed
  }

  /** The grant behind a refresh token, or why there is none. */
  redeemRefreshToken(form: URLSearchParams): Grant | string {
    return this.#redeem(
      this.#refreshTokens,
      form.get('refresh_token'),
      form.get('client_id'),
      'refresh token',
    )
  }

  #redeem(
    store: Map<string, Entry>,
    value: string | null,
    clientId: string | null,
    name: string,
  ): Grant | string {
    const entry = store.get(value ?? '')
    if (entry === undefined) return `the ${name} is unknown`
    if (entry.spent) {
      this.#revoked.add(entry.grant)
      return `the ${name} was used before`
    }
    entry.spent = store === this.#codes || this.#rotating
    if (this.#revoked.has(entry.grant)) return `the ${name} was revoked`
    if (entry.expiresAt < Date.now()) return `the ${name} has expired`
    if (entry.grant.clientId !== clientId) return `the ${name} belongs to another client`
    return entry.grant
  }
}

function issue(store: Map<string, Entry>, grant: Grant, lifetime: number): string {
  const value = randomBytes(24).toString('base64url')
  store.set(value, { grant, expiresAt: Date.now() + lifetime, spent: false })
  return value
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
