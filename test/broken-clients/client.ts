import { createHash } from 'node:crypto'
import { Browser } from '../peers/browser.ts'
import { type CallbackListener, startCallback } from '../peers/callback.ts'

/** What a client does wrong; every client does one of these, or nothing. */
export type Fault =
  | 'none'
  | 'sends no code challenge'
  | 'sends its verifier as a plain challenge'
  | 'sends a verifier that does not match'
  | 'skips state'
  | 'ignores state'
  | 'ignores iss'
  | 'normalises iss'
  | 'ignores the metadata URL in the challenge'
  | 'trusts metadata for another resource'
  | 'trusts metadata of another issuer'
  | 'appends the well-known path to the issuer'
  | 'names the origin as resource'
  | 'names no resource'
  | 'ignores the scope in the challenge'
  | 'signs in again and again'
  | 'reuses credentials at another authorization server'
  | 'uses a registration that the server has forgotten'
  | 'uses a redirect URI that was not registered'
  | 'redeems the code with another redirect URI'
  | 'redeems the code twice'
  | 'sends JSON to the token endpoint'
  | 'sends the token in the query'
  | 'sends the token without a scheme'

interface ResourceDocument {
  resource: string
  authorization_servers: [string]
}

interface ServerDocument {
  issuer: string
  authorization_endpoint: string
  token_endpoint: string
  registration_endpoint: string
  authorization_response_iss_parameter_supported: boolean
}

interface Credentials {
  readonly issuer: string
  readonly clientId: string
}

/** The client stops here: a check failed, or a server refused. */
class Refusal extends Error {}

/**
 * A small client with one fault calls `tools/list` and signs in when asked. Its state and verifiers count up instead of
 * being random, so that two runs can be compared byte for byte.
 * @returns how it ended, in words that hold no address, and the `host:port` of its redirect URI
 */
export async function runClient(
  serverUrl: string,
  fault: Fault,
): Promise<{ ending: string; host: string }> {
  const callback = await startCallback()
  const { host } = new URL(callback.redirectUri)
  try {
    return { ending: await new Attempt(serverUrl, fault, callback).run(), host }
  } catch (error) {
    if (error instanceof Refusal) return { ending: error.message, host }
    throw error
  } finally {
    await callback.stop()
  }
}

class Attempt {
  readonly #serverUrl: string
  readonly #fault: Fault
  readonly #redirectUri: string
  readonly #callback: CallbackListener
  #credentials: Credentials | undefined
  #round = 0

  constructor(serverUrl: string, fault: Fault, callback: CallbackListener) {
    this.#serverUrl = serverUrl
    this.#fault = fault
    this.#redirectUri = callback.redirectUri
    this.#callback = callback
  }

  async run(): Promise<string> {
    const rounds = this.#has('signs in again and again') ? 5 : 2
    let response = await this.#call()
    while (!response.ok && this.#round < rounds) {
      this.#round++
      response = await this.#call(await this.#signIn(response))
    }
    return response.ok ? 'served' : `gave up at ${response.status} after ${this.#round} sign-ins`
  }

  #has(fault: Fault): boolean {
    return this.#fault === fault
  }

  #call(token?: string): Promise<Response> {
    const url = new URL(this.#serverUrl)
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
    }
    if (token !== undefined) {
      if (this.#has('sends the token in the query')) url.searchParams.set('access_token', token)
      else
        headers['Authorization'] = this.#has('sends the token without a scheme')
          ? token
          : `Bearer ${token}`
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    return fetch(url, { method: 'POST', headers, body })
  }

  async #signIn(refused: Response): Promise<string> {
    const challenge = refused.headers.get('www-authenticate') ?? ''
    const resource = await this.#resource(challenge)
    const server = await this.#server(resource.authorization_servers[0])
    const clientId = await this.#clientId(server)
    const verifier = `verifier-${this.#round}-`.padEnd(50, 'x')
    const code = await this.#authorize(
      server,
      this.#authorization(clientId, verifier, resource, challenge),
    )
    const form = {
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: this.#has('redeems the code with another redirect URI')
        ? `${this.#redirectUri}/other`
        : this.#redirectUri,
      ...(this.#has('sends no code challenge') ? {} : { code_verifier: this.#verifier(verifier) }),
      ...this.#resourceParam(resource),
    }
    const token = await this.#redeem(server, form)
    if (this.#has('redeems the code twice')) await this.#redeem(server, form)
    return token
  }

  #verifier(verifier: string): string {
    return this.#has('sends a verifier that does not match')
      ? verifier.replace('verifier', 'forgotten')
      : verifier
  }

  async #resource(challenge: string): Promise<ResourceDocument> {
    const named = /resource_metadata="([^"]*)"/.exec(challenge)?.[1]
    const { origin, pathname } = new URL(this.#serverUrl)
    const derived = `${origin}/.well-known/oauth-protected-resource${pathname}`
    const url = this.#has('ignores the metadata URL in the challenge')
      ? derived
      : (named ?? derived)
    const document = await this.#document<ResourceDocument>(url)
    if (document.resource !== this.#serverUrl && !this.#has('trusts metadata for another resource'))
      throw new Refusal('refused: the metadata is for another resource')
    return document
  }

  async #server(issuer: string): Promise<ServerDocument> {
    const { origin, pathname } = new URL(issuer)
    const path = pathname === '/' ? '' : pathname
    const wellKnown = '/.well-known/oauth-authorization-server'
    const url = this.#has('appends the well-known path to the issuer')
      ? `${origin}${path}${wellKnown}`
      : `${origin}${wellKnown}${path}`
    const document = await this.#document<ServerDocument>(url)
    if (document.issuer !== issuer && !this.#has('trusts metadata of another issuer'))
      throw new Refusal('refused: the metadata is of another issuer')
    return document
  }

  async #document<Document>(url: string): Promise<Document> {
    const response = await fetch(url, { headers: { Accept: 'application/json' } })
    if (!response.ok) throw new Refusal(`found no metadata: ${response.status}`)
    return (await response.json()) as Document
  }

  async #clientId(server: ServerDocument): Promise<string> {
    if (this.#has('uses a registration that the server has forgotten')) return 'client-of-last-year'
    const mayReuse =
      this.#credentials?.issuer === server.issuer ||
      this.#has('reuses credentials at another authorization server')
    if (this.#credentials !== undefined && mayReuse) return this.#credentials.clientId
    const uri = this.#has('uses a redirect URI that was not registered')
      ? `${this.#redirectUri}/registered`
      : this.#redirectUri
    const response = await fetch(server.registration_endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ client_name: 'a client with a fault', redirect_uris: [uri] }),
    })
    const { client_id, redirect_uris } = (await response.json()) as {
      client_id: string
      redirect_uris: string[]
    }
    if (redirect_uris.length !== 1 || redirect_uris[0] !== uri)
      throw new Refusal(`refused: registered with ${redirect_uris.length} redirect URIs`)
    this.#credentials = { issuer: server.issuer, clientId: client_id }
    return client_id
  }

  #authorization(
    clientId: string,
    verifier: string,
    resource: ResourceDocument,
    challenge: string,
  ): Record<string, string> {
    const scope = /\bscope="([^"]*)"/.exec(challenge)?.[1]
    return {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: this.#redirectUri,
      ...(this.#has('skips state') ? {} : { state: `state-${this.#round}` }),
      ...this.#challenge(verifier),
      ...this.#resourceParam(resource),
      ...(scope === undefined || this.#has('ignores the scope in the challenge') ? {} : { scope }),
    }
  }

  #challenge(verifier: string): Record<string, string> {
    if (this.#has('sends no code challenge')) return {}
    if (this.#has('sends its verifier as a plain challenge'))
      return { code_challenge: verifier, code_challenge_method: 'plain' }
    const code_challenge = createHash('sha256').update(verifier).digest('base64url')
    return { code_challenge, code_challenge_method: 'S256' }
  }

  #resourceParam(resource: ResourceDocument): Record<string, string> {
    if (this.#has('names no resource')) return {}
    if (this.#has('names the origin as resource'))
      return { resource: new URL(this.#serverUrl).origin }
    return { resource: resource.resource }
  }

  /** Sends the user, who consents to everything, to the authorization server. */
  async #authorize(server: ServerDocument, params: Record<string, string>): Promise<string> {
    const query = new URLSearchParams(params).toString()
    const page = await new Browser().open(`${server.authorization_endpoint}?${query}`)
    await page.text()
    const answer = this.#callback.take()
    if (answer === undefined)
      throw new Refusal(`the browser stopped at a page with status ${page.status}`)
    if (!this.#has('ignores state') && (answer.get('state') ?? undefined) !== params['state'])
      throw new Refusal('refused: another state')
    this.#checkIss(answer.get('iss'), server)
    const code = answer.get('code')
    if (code === null) throw new Refusal(`no code but ${answer.get('error')}`)
    return code
  }

  #checkIss(iss: string | null, server: ServerDocument): void {
    if (this.#has('ignores iss')) return
    const advertised = server.authorization_response_iss_parameter_supported
    if (iss === null && !advertised) return
    const plain = (issuer: string | null) => issuer?.replace(/\/$/, '')
    const same = this.#has('normalises iss')
      ? plain(iss) === plain(server.issuer)
      : iss === server.issuer
    if (!same) throw new Refusal('refused: the response comes from another issuer')
  }

  async #redeem(server: ServerDocument, form: Record<string, string>): Promise<string> {
    const asJson = this.#has('sends JSON to the token endpoint')
    const response = await fetch(server.token_endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': asJson ? 'application/json' : 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body: asJson ? JSON.stringify(form) : new URLSearchParams(form).toString(),
    })
    const answer = (await response.json()) as { access_token?: string; error?: string }
    if (answer.access_token === undefined) throw new Refusal(`no token but ${answer.error}`)
    return answer.access_token
  }
}
