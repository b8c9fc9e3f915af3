import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import {
  Provider,
  errors,
  type ClientMetadata,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { parseUrl } from '../../src/core/wire/parse-url.ts'
import { listen, type Listener } from './listener.ts'
import { Store } from './memory-adapter.ts'

export interface AuthorizationServerOptions {
  /** Whether tokens are issued for a resource (RFC 8707); any by default. */
  readonly knowsResource?: (resource: string) => boolean
  /** Seconds. */
  readonly accessTokenLifetime?: number
  /** Scopes of the resource servers. */
  readonly scopes?: readonly string[]
  /** Ids of public clients on this machine that were registered by hand, and other clients. */
  readonly clients?: readonly (string | ClientMetadata)[]
  /** Whether the user agrees to the login that is asked for; agrees to all by default. */
  readonly agrees?: () => boolean
  /** Whether a refresh token works once only; it does by default. */
  readonly rotates?: boolean
  /** Takes clients that are a metadata document, and lists these ways for them to authenticate. */
  readonly documents?: readonly ('private_key_jwt' | 'none')[]
  /** Fault: issues every token for this audience, whatever resource was asked for. */
  readonly audience?: string
  /** Fault: what the metadata says in place of the issuer. */
  readonly issuerInMetadata?: string
  /** Fault: what the metadata says, given what it should say. */
  readonly metadata?: (proper: Record<string, unknown>) => Record<string, unknown>
  /** Fault: the `iss` of authorization responses. */
  readonly issInResponse?: string
  /** Fault: loses the code_verifier of every token request before it is looked at. */
  readonly losesVerifier?: boolean
}

export interface AuthorizationServerPeer extends Listener {
  readonly issuer: string
  /** What went wrong inside the provider itself. */
  readonly failures: readonly Error[]
  /** Registers a client beforehand, a public one unless it has a secret, as its operator would. */
  know(client: KnownClient): Promise<void>
}

export interface KnownClient {
  readonly id: string
  readonly secret?: string
  readonly redirectUri: string
  /** Whether the port of a loopback redirect URI has to be the registered one (against RFC 8252 §7.3). */
  readonly comparesPorts: boolean
}

/** The audience of a token that nobody said a resource for. */
export const defaultAudience = 'urn:example:default'

/** oidc-provider as an authorization server for MCP: open registration, S256 required, RFC 8707, 9068 and 9207, rotation. */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServerPeer> {
  const failures: Error[] = []
  let store = new Store()
  const start = async (issuer: string): Promise<RequestListener> => {
    store = new Store()
    const key = await signingKey()
    const provider = new Provider(issuer, configuration(options, key, store))
    provider.on('server_error', (_context, error) => failures.push(error))
    provider.use(faults(options))
    return route(provider, options.agrees ?? (() => true))
  }
  const listener = await listen(start)
  const know = ({ id, secret, redirectUri, comparesPorts }: KnownClient) =>
    store.adapter('Client').upsert(
      id,
      {
        client_id: id,
        redirect_uris: [redirectUri],
        application_type: comparesPorts ? 'web' : 'native',
        ...(secret === undefined
          ? { token_endpoint_auth_method: 'none' }
          : { token_endpoint_auth_method: 'client_secret_basic', client_secret: secret }),
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
      0,
    )
  return {
    ...listener,
    issuer: listener.origin,
    failures,
    know: async (one) => void (await know(one)),
  }
}

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'test' }
}

function configuration(options: AuthorizationServerOptions, key: JWK, store: Store): Configuration {
  const scopes = options.scopes ?? ['mcp:tools']
  return {
    adapter: store.adapter,
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', ...scopes],
    clients: (options.clients ?? []).map((one) => (typeof one === 'string' ? native(one) : one)),
    ...(options.documents && {
      clientAuthMethods: [...options.documents],
      // Its own way to fetch refuses loopback, where the test has all hosts.
      fetch: (url, asked) => fetch(url, { headers: asked?.headers ?? {}, redirect: 'manual' }),
    }),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => true },
    rotateRefreshToken: options.rotates ?? true,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    renderError: (context, out) => {
      context.type = 'text/plain'
      context.body = `${out.error}: ${out.error_description ?? ''}`
    },
    ttl: {
      AccessToken: options.accessTokenLifetime ?? 300,
      AuthorizationCode: 60,
      Grant: 30 * 24 * 3600,
      IdToken: 60,
      Interaction: 60,
      RefreshToken: 30 * 24 * 3600,
      Session: 30 * 24 * 3600,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      registration: { enabled: true },
      clientIdMetadataDocument: { enabled: options.documents !== undefined, ack: 'draft-02' },
      revocation: { enabled: true },
      resourceIndicators: resourceIndicators(options, scopes),
    },
  }
}

function native(id: string): ClientMetadata {
  return {
    client_id: id,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code'],
  }
}

type ResourceIndicators = NonNullable<Configuration['features']>['resourceIndicators']

function resourceIndicators(
  options: AuthorizationServerOptions,
  scopes: readonly string[],
): ResourceIndicators {
  return {
    enabled: true,
    defaultResource: (_context, _client, oneOf) => oneOf ?? defaultAudience,
    useGrantedResource: () => true,
    getResourceServerInfo: (_context, resource) => {
      if (resource !== defaultAudience && options.knowsResource?.(resource) === false) {
        throw new errors.InvalidTarget()
      }
      return {
        scope: scopes.join(' '),
        audience: options.audience ?? resource,
        accessTokenTTL: options.accessTokenLifetime ?? 300,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }
    },
  }
}

/** The provider behind a user who always signs in. */
function route(provider: Provider, agrees: () => boolean): RequestListener {
  const serve = provider.callback()
  return (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void serve(request, response)
    const answer = agrees() ? interact : deny
    answer(provider, request, response).catch((error: unknown) => {
      response.writeHead(400, { 'Content-Type': 'text/plain' }).end(String(error))
    })
  }
}

async function deny(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionFinished(request, response, { error: 'access_denied' })
}

async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'alice' } })
  }
  const earlier = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant =
    earlier ??
    new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: String(params['client_id']),
    })
  const { missingOIDCScope, missingResourceScopes } = prompt.details as Missing
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '))
  }
  return provider.interactionFinished(request, response, {
    consent: { grantId: await grant.save() },
  })
}

interface Missing {
  readonly missingOIDCScope?: readonly string[]
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>
}

/** Stands in front of every endpoint and breaks what it was asked to break. */
function faults(options: AuthorizationServerOptions) {
  return async (context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    if (options.losesVerifier && context.path === '/token') await loseVerifier(context)
    await next()
    if (context.path.startsWith('/.well-known/')) changeMetadata(options, context)
    if (options.issInResponse !== undefined) changeIss(options.issInResponse, context)
  }
}

function changeMetadata(options: AuthorizationServerOptions, context: KoaContextWithOIDC): void {
  const proper = context.body as Record<string, unknown>
  const { issuerInMetadata: issuer } = options
  const named = issuer === undefined ? proper : { ...proper, issuer }
  context.body = options.metadata?.(named) ?? named
}

function changeIss(iss: string, context: KoaContextWithOIDC): void {
  const location = context.response.get('location')
  if (parseUrl(location) === undefined) return
  const url = new URL(location)
  if (!url.searchParams.has('iss')) return
  url.searchParams.set('iss', iss)
  context.set('location', url.href)
}

async function loseVerifier(context: KoaContextWithOIDC): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of context.req as AsyncIterable<Buffer>) chunks.push(chunk)
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  form.delete('code_verifier')
  // What oidc-provider takes when the body was read before it.
  Object.assign(context.req, { body: Object.fromEntries(form) })
}
