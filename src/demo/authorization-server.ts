import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import type { DemoFault } from './faults.ts'
import { Grants, type Grant } from './grants.ts'
import { json, listen, page, parseObject, redirect } from './listener.ts'
import type { Answer, Handler, Incoming, Listener } from './listener.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** What an access token is for when nobody said: what many providers put there by default. */
const defaultAudience = 'api://default'
const scopes = ['mcp:tools']
const keyId = 'demo'
const tokenLifetime = 300
const noStore = { 'Cache-Control': 'no-store' }

interface Client {
  readonly id: string
  readonly redirectUris: readonly string[]
}

interface Options {
  readonly fault: DemoFault
  /** Whether a resource (RFC 8707) is one that this server issues tokens for. */
  readonly knowsResource: (resource: string) => boolean
}

/** OAuth 2.1 for public clients: metadata, registration, consent without asking, PKCE, resource indicators, rotation. */
export async function startAuthorizationServer(options: Options): Promise<Listener> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: 'ES256', use: 'sig' }] }
  return listen((origin) => new AuthorizationServer(origin, options, privateKey, keys).handler)
}

class AuthorizationServer {
  readonly #issuer: string
  readonly #options: Options
  readonly #key: CryptoKey
  readonly #jwks: unknown
  readonly #clients = new Map<string, Client>()
  readonly #grants: Grants

  constructor(issuer: string, options: Options, key: CryptoKey, jwks: unknown) {
    this.#issuer = issuer
    this.#options = options
    this.#key = key
    this.#jwks = jwks
    this.#grants = new Grants(!this.#is('refresh-not-rotated'))
  }

  readonly handler: Handler = (request) => {
    switch (`${request.method} ${request.path}`) {
      case 'GET /.well-known/oauth-authorization-server':
        return this.#is('metadata-html') ? page(200, 'Welcome') : json(200, this.#metadata())
      case 'GET /.well-known/openid-configuration':
        return this.#is('metadata-html') ? page(200, 'Welcome') : page(404, 'Not Found')
      case 'GET /jwks':
        return json(200, this.#jwks)
      case 'POST /register':
        return this.#register(request)
      case 'GET /authorize':
        return this.#authorize(request.query)
      case 'POST /token':
        return this.#token(request)
      default:
        return page(404, 'Not Found')
    }
  }

  #is(fault: DemoFault): boolean {
    return this.#options.fault === fault
  }

  #metadata(): Record<string, unknown> {
    return {
      issuer: this.#is('issuer-mismatch') ? 'https://login.example.com' : this.#issuer,
      authorization_endpoint: `${this.#issuer}/authorize`,
      token_endpoint: `${this.#issuer}/token`,
      registration_endpoint: `${this.#issuer}/register`,
      jwks_uri: `${this.#issuer}/jwks`,
      scopes_supported: scopes,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
      ...(this.#is('no-pkce-support') ? {} : { code_challenge_methods_supported: ['S256'] }),
    }
  }

  /** RFC 7591 §3. */
  #register(request: Incoming): Answer {
    if (this.#is('closed-registration'))
      return json(
        403,
        { error: 'access_denied', error_description: 'registration is closed' },
        noStore,
      )
    const asked = parseObject(request.body)
    if (asked === undefined)
      return refusal('invalid_client_metadata', 'the body is not a JSON object')
    const redirectUris = asked['redirect_uris']
    if (
      !Array.isArray(redirectUris) ||
      redirectUris.length === 0 ||
      !redirectUris.every(isSafeRedirect)
    ) {
      return refusal('invalid_redirect_uri', 'redirect URIs are https or on a loopback address')
    }
    if (asked['token_endpoint_auth_method'] !== 'none') {
      return refusal('invalid_client_metadata', 'only public clients are registered')
    }
    const client: Client = { id: `demo-${randomBytes(6).toString('hex')}`, redirectUris }
    this.#clients.set(client.id, client)
    const answer = {
      ...asked,
      client_id: client.id,
      client_id_issued_at: Math.floor(Date.now() / 1000),
    }
    return json(201, answer, noStore)
  }

  /** RFC 6749 §4.1.1. Whoever asks is the demo's user and consents. */
  #authorize(query: URLSearchParams): Answer {
    const client = this.#clients.get(query.get('client_id') ?? '')
    const redirectUri = query.get('redirect_uri')
    if (client === undefined) return page(400, 'invalid_client: this client is not registered')
    if (
      redirectUri === null ||
      !client.redirectUris.some((known) => isSameRedirect(known, redirectUri))
    ) {
      return page(400, 'invalid_request: this redirect_uri is not registered')
    }
    const problem = this.#problemWith(query)
    if (problem !== undefined) return this.#respond(redirectUri, query.get('state'), problem)
    const code = this.#grants.issueCode({
      clientId: client.id,
      redirectUri,
      challenge: query.get('code_challenge') ?? '',
      resources: query.getAll('resource'),
      scope: this.#is('narrow-scope') ? 'profile' : (query.get('scope') ?? scopes.join(' ')),
    })
    return this.#respond(redirectUri, query.get('state'), { code })
  }

  #problemWith(query: URLSearchParams): Record<string, string> | undefined {
    if (query.get('response_type') !== 'code') return { error: 'unsupported_response_type' }
    if (
      query.get('code_challenge_method') !== 'S256' ||
      query.get('code_challenge')?.length !== 43
    ) {
      return { error: 'invalid_request', error_description: 'PKCE with S256 is required' }
    }
    if (!query.getAll('resource').every(this.#options.knowsResource)) {
      return { error: 'invalid_target', error_description: 'this resource is not known here' }
    }
    if (!isWithin(query.get('scope') ?? '', scopes)) return { error: 'invalid_scope' }
    return undefined
  }

  /** The authorization response (RFC 6749 §4.1.2, RFC 9207 §2). */
  #respond(redirectUri: string, state: string | null, params: Record<string, string>): Answer {
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    if (state !== null) url.searchParams.set('state', state)
    if (!this.#is('missing-iss')) url.searchParams.set('iss', this.#issuer)
    return redirect(url.href)
  }

  #token(request: Incoming): Answer | Promise<Answer> {
    if (this.#is('rate-limited'))
      return json(429, { error: 'temporarily_unavailable' }, { ...noStore, 'Retry-After': '60' })
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return refusal('invalid_request', 'token requests are form-encoded')
    }
    const form = new URLSearchParams(request.body)
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#settle(form, this.#grants.redeemCode(form))
      case 'refresh_token':
        return this.#settle(form, this.#grants.redeemRefreshToken(form))
      default:
        return refusal(
          'unsupported_grant_type',
          'authorization_code and refresh_token are supported',
        )
    }
  }

  #settle(form: URLSearchParams, redeemed: Grant | string): Answer | Promise<Answer> {
    if (typeof redeemed === 'string') return refusal('invalid_grant', redeemed)
    const resources = form.getAll('resource')
    if (!resources.every((resource) => redeemed.resources.includes(resource))) {
      return refusal('invalid_target', 'this resource was not authorized')
    }
    return this.#issue(form, redeemed)
  }

  /** RFC 6749 §5.1; the access token is one of RFC 9068. */
  async #issue(form: URLSearchParams, grant: Grant): Promise<Answer> {
    const refreshing = form.get('grant_type') === 'refresh_token'
    const tokens: Record<string, string | number> = {
      access_token: await this.#accessToken(grant, form.getAll('resource')),
      token_type: 'Bearer',
      expires_in: tokenLifetime,
      scope: grant.scope,
    }
    if (!(refreshing && this.#is('refresh-not-rotated'))) {
      tokens['refresh_token'] = this.#grants.issueRefreshToken(grant)
    }
    if (!this.#is('token-not-json')) return json(200, tokens, noStore)
    const encoded = new URLSearchParams()
    for (const [name, value] of Object.entries(tokens)) encoded.set(name, String(value))
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...noStore }
    return { status: 200, headers, body: encoded.toString() }
  }

  #accessToken(grant: Grant, narrowed: readonly string[]): Promise<string> {
    const wanted = narrowed.length > 0 ? narrowed : grant.resources
    const audience = this.#is('wrong-audience') || wanted.length === 0 ? defaultAudience : wanted
    const hour = 3600
    const age = this.#is('expired-token') ? hour : 0
    const issuedAt = Math.floor(Date.now() / 1000) - age
    return new SignJWT({ client_id: grant.clientId, scope: grant.scope })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keyId })
      .setIssuer(this.#issuer)
      .setSubject('demo-user')
      .setAudience(
        typeof audience === 'string'
          ? audience
          : audience.length === 1
            ? audience[0]!
            : [...audience],
      )
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetime)
      .setJti(randomBytes(9).toString('base64url'))
      .sign(this.#key)
  }
}

function refusal(error: string, description: string): Answer {
  return json(400, { error, error_description: description }, noStore)
}

function isWithin(scope: string, known: readonly string[]): boolean {
  return scope.split(' ').every((value) => value === '' || known.includes(value))
}

function isSafeRedirect(uri: unknown): uri is string {
  const url = typeof uri === 'string' ? parseUrl(uri) : undefined
  return url?.hash === '' && (url.protocol === 'https:' || isLoopback(url))
}

/** Exactly the same, but for the port of a loopback address (RFC 8252 §7.3). */
function isSameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true
  const [known, given] = [new URL(registered), parseUrl(asked)]
  if (given === undefined || !isLoopback(known)) return false
  known.port = given.port
  return known.href === given.href
}

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
}
