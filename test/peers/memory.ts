import { randomBytes } from 'node:crypto'
import { Browser } from './browser.ts'
import type { CallbackListener } from './callback.ts'

/** The types of one SDK generation. */
export interface Stored {
  client: object
  tokens: { access_token: string; refresh_token?: string | undefined }
  discovery: object
}

export type Memory = OAuthMemory<Stored>

/**
 * An OAuthClientProvider in memory, for either generation of the SDK. Sending the user to the authorization server
 * runs the browser until the client's callback has been called.
 */
export class OAuthMemory<Types extends Stored> {
  readonly browser = new Browser()
  readonly redirectUrl: string
  readonly clientMetadata
  readonly #callback: CallbackListener
  #client: Types['client'] | undefined
  #tokens: Types['tokens'] | undefined
  #discovery: Types['discovery'] | undefined
  #verifier = ''
  #state = ''
  #response: URLSearchParams | undefined
  /** How often the user was sent to the authorization server, and how often tokens came. */
  readonly counts = { authorizations: 0, tokens: 0 }

  constructor(callback: CallbackListener) {
    this.#callback = callback
    this.redirectUrl = callback.redirectUri
    this.clientMetadata = {
      client_name: 'peer client',
      redirect_uris: [callback.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }
  }

  get accessToken(): string | undefined {
    return this.#tokens?.access_token
  }

  get refreshToken(): string | undefined {
    return this.#tokens?.refresh_token
  }

  state(): string {
    this.#state = randomBytes(16).toString('base64url')
    return this.#state
  }

  clientInformation(): Types['client'] | undefined {
    return this.#client
  }

  saveClientInformation(client: Types['client']): void {
    this.#client = client
  }

  tokens(): Types['tokens'] | undefined {
    return this.#tokens
  }

  saveTokens(tokens: Types['tokens']): void {
    this.counts.tokens++
    this.#tokens = tokens
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }

  saveDiscoveryState(state: Types['discovery']): void {
    this.#discovery = state
  }

  discoveryState(): Types['discovery'] | undefined {
    return this.#discovery
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.#client = undefined
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined
    if (scope === 'all' || scope === 'discovery') this.#discovery = undefined
  }

  /** Makes the access token one that no server accepts. */
  spoilAccessToken(): void {
    if (this.#tokens !== undefined) this.#tokens = { ...this.#tokens, access_token: 'spoilt' }
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.counts.authorizations++
    const page = await this.browser.open(url.href)
    const text = page.bodyUsed ? '' : await page.text()
    this.#response = this.#callback.take()
    if (this.#response === undefined)
      throw new Error(`the browser ended at a page (${page.status}): ${text}`)
  }

  /** The authorization response; throws when there is none or it is not for the request that was sent. */
  takeResponse(): URLSearchParams {
    const response = this.#response
    this.#response = undefined
    if (response === undefined) throw new Error('there is no authorization response')
    if (response.get('state') !== this.#state) throw new Error('state came back changed')
    return response
  }
}
