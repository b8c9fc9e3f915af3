import { type Exchange, bodyText, header, mediaType } from '../wire/exchange.ts'
import { isObject, member, objectOf, parseJson } from '../wire/json.ts'
import { type Token, readToken } from '../wire/jwt.ts'
import { challengeFacts, mcpFacts, readRpc } from './mcp-facts.ts'
import {
  advertisedEndpoints,
  authorizationResponse,
  authorizeFacts,
  deviceAuthorizationFacts,
  preflightFacts,
  pushedRequestFacts,
  registrationFacts,
  resourceMetadataFacts,
  serverMetadataFacts,
  tokenFacts,
} from './oauth-facts.ts'
import type { LabelFacts } from '../wire/label.ts'
import { type Params, formType, param, queryParams } from '../wire/params.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import { clientKeys } from './client-keys.ts'
import { stepKindNames, stepKinds } from './kinds.ts'
import { asksForAuthorization, authorizationRequest, requestForm } from './request-params.ts'
import { readRefusal } from './refusal.ts'
import type { Step, StepKind } from './step.ts'
import { summarise } from './summary.ts'
import { isLoopback, withoutResponse } from '../wire/url.ts'

/** Kinds by the member of server metadata that names their endpoint. */
const kindsByEndpoint = new Map(stepKindNames.map((kind) => [stepKinds[kind].endpoint, kind]))

/** A step in the making. */
type Draft = { -readonly [Name in keyof Step]: Step[Name] }

/** How many learned URLs are remembered of each sort; a hostile document cannot make this grow. */
const learnedLimit = 2000

/**
 * Tells what each exchange is for, and reads out the facts of its kind. It learns from what it has seen (endpoints named
 * by metadata, redirect URIs of authorization requests), so exchanges are to be given in their order.
 */
export class Classifier {
  readonly #targets: ReadonlySet<string>
  readonly #labels: (value: string) => LabelFacts | undefined
  readonly #endpoints = new BoundedMap<StepKind>(learnedLimit)
  readonly #challenged = new BoundedMap<string>(learnedLimit)
  readonly #redirectUris = new BoundedMap<true>(learnedLimit)
  readonly #pushed = new BoundedMap<Params>(learnedLimit)
  readonly #clientDocuments = new BoundedMap<true>(learnedLimit)
  readonly #mcpUrls = new BoundedMap<true>(learnedLimit)

  /** @param targets MCP endpoints known beforehand @param labels facts about removed values of a redacted capture */
  constructor(targets: readonly string[], labels: (value: string) => LabelFacts | undefined) {
    this.#targets = new Set(targets.map(withoutResponse))
    this.#labels = labels
  }

  classify(exchange: Exchange, order: number): Step {
    const kind = this.#kindOf(exchange)
    // Filled in rather than spread: this happens for every exchange.
    const draft = this.#facts(kind, exchange) as Draft
    draft.kind = kind
    draft.exchange = exchange
    draft.order = order
    draft.url = exchange.request.url
    draft.status = exchange.response?.status
    draft.unread = unreadBodies(exchange)
    draft.ok = true
    draft.summary = ''
    const step = draft as Step
    const { ok, summary } = summarise(step)
    draft.ok = ok
    draft.summary = summary
    draft.refusal = readRefusal(step)
    this.#learn(step)
    return step
  }

  #read = (value: string): Token => {
    const facts = this.#labels(value)
    if (facts === undefined) return readToken(value)
    if (facts.header === undefined) return { value, format: 'opaque' }
    return facts.claims === undefined
      ? { value, format: 'jwe', header: facts.header }
      : { value, format: 'jwt', header: facts.header, claims: facts.claims }
  }

  #facts(kind: StepKind, exchange: Exchange) {
    switch (kind) {
      case 'mcp':
        return mcpFacts(exchange, this.#read)
      case 'challenge':
        return { ...mcpFacts(exchange, this.#read), ...challengeFacts(exchange) }
      case 'resource-metadata':
        return {
          kind,
          ...resourceMetadataFacts(exchange, this.#challenged.get(exchange.request.url)),
        }
      case 'server-metadata':
        return { kind, ...serverMetadataFacts(exchange) }
      case 'registration':
        return { kind, ...registrationFacts(exchange) }
      case 'pushed-request':
        return { kind, ...pushedRequestFacts(exchange, this.#labels) }
      case 'device-authorization':
        return { kind, ...deviceAuthorizationFacts(exchange, this.#labels) }
      case 'authorize':
        return { kind, ...authorizeFacts(exchange, (uri) => this.#pushed.get(uri), this.#labels) }
      case 'callback': {
        const form = exchange.request.method === 'POST' ? requestForm(exchange) : []
        const url = exchange.request.url
        return { kind, ...authorizationResponse(url, form), redirectUri: withoutResponse(url) }
      }
      case 'token':
        return { kind, ...tokenFacts(exchange, this.#read, this.#labels) }
      case 'preflight':
        return { kind, ...preflightFacts(exchange) }
      case 'revocation':
      case 'introspection':
        return { kind, token: param(requestForm(exchange), 'token') }
      default:
        return { kind }
    }
  }

  #kindOf(exchange: Exchange): StepKind {
    const { request } = exchange
    if (
      request.method === 'OPTIONS' &&
      header(request.headers, 'access-control-request-method') !== undefined
    )
      return 'preflight'
    const bare = withoutResponse(request.url)
    if (this.#challenged.has(request.url) && request.method === 'GET') return 'resource-metadata'
    if (bare.includes('/.well-known/oauth-protected-resource')) return 'resource-metadata'
    if (
      bare.includes('/.well-known/oauth-authorization-server') ||
      bare.includes('/.well-known/openid-configuration')
    )
      return 'server-metadata'
    if (this.#targets.has(bare)) return this.#mcpKind(exchange)
    const learned = this.#endpoints.get(bare)
    if (learned !== undefined) return this.#told(learned, exchange)
    return this.#kindByShape(exchange, bare)
  }

  /** Some servers do several things at one URL; what is asked of it tells which. */
  #told(learned: StepKind, exchange: Exchange): StepKind {
    if (learned === 'authorize')
      return asksForAuthorization(authorizationRequest(exchange)) ? learned : 'other'
    if (learned !== 'token' && learned !== 'revocation' && learned !== 'introspection')
      return learned
    const form = requestForm(exchange)
    if (param(form, 'grant_type') !== undefined) return 'token'
    return learned === 'token' && param(form, 'token') !== undefined ? 'revocation' : learned
  }

  #kindByShape(exchange: Exchange, bare: string): StepKind {
    const { request } = exchange
    if (this.#isCallback(exchange, bare)) return 'callback'
    if (request.method === 'POST') {
      const byBody = this.#kindByBody(exchange, bare)
      if (byBody !== undefined) return byBody
    }
    if (request.method === 'GET') {
      const query = queryParams(request.url)
      const named = param(query, 'client_id') !== undefined
      if (
        named &&
        (param(query, 'response_type') !== undefined || param(query, 'request_uri') !== undefined)
      )
        return 'authorize'
      if (this.#clientDocuments.has(request.url)) return 'client-metadata'
      if (/\/(jwks|jwks\.json|\.well-known\/jwks\.json)$/.test(bare)) return 'jwks'
    }
    return this.#looksLikeMcp(exchange, bare) ? this.#mcpKind(exchange) : 'other'
  }

  #kindByBody(exchange: Exchange, bare: string): StepKind | undefined {
    const type = mediaType(exchange.request.headers)
    if (type === formType || type === undefined || type === 'text/plain') {
      const form = requestForm(exchange)
      if (param(form, 'grant_type') !== undefined) return 'token'
      if (param(form, 'response_type') !== undefined)
        return /\/(par|request)$/.test(bare) ? 'pushed-request' : 'authorize'
      if (param(form, 'token') !== undefined)
        return bare.includes('introspect') ? 'introspection' : 'revocation'
    }
    if (readRpc(exchange) !== undefined) return this.#mcpKind(exchange)
    const body = parseJson(bodyText(exchange.request).slice(0, 65536))
    if (
      isObject(body) &&
      (Object.hasOwn(body, 'redirect_uris') || Object.hasOwn(body, 'token_endpoint_auth_method'))
    )
      return 'registration'
    // A token request in JSON is wrong (RFC 6749 §3.2), and still a token request.
    if (isObject(body) && typeof member(body, 'grant_type') === 'string') return 'token'
    if (/\/register$/.test(bare)) return 'registration'
    return /\/token$/.test(bare) && type === formType ? 'token' : undefined
  }

  #isCallback(exchange: Exchange, bare: string): boolean {
    const { request } = exchange
    const params = request.method === 'POST' ? requestForm(exchange) : queryParams(request.url)
    const answers = param(params, 'code') !== undefined || param(params, 'error') !== undefined
    if (this.#redirectUris.has(bare)) return answers || param(params, 'state') !== undefined
    // Elsewhere only a loopback listener can be the client: servers have callbacks of their own for upstream logins.
    return answers && param(params, 'state') !== undefined && isLoopback(bare)
  }

  #looksLikeMcp(exchange: Exchange, bare: string): boolean {
    const { headers } = exchange.request
    if (this.#mcpUrls.has(bare)) return true
    if (
      header(headers, 'mcp-session-id') !== undefined ||
      header(headers, 'mcp-protocol-version') !== undefined
    )
      return true
    return (
      header(headers, 'accept')?.includes('text/event-stream') === true &&
      !bare.includes('/.well-known/')
    )
  }

  #mcpKind(exchange: Exchange): StepKind {
    const status = exchange.response?.status
    return status === 401 || status === 403 ? 'challenge' : 'mcp'
  }

  /** Where the keys of a client stand. */
  #learnKeys(step: Step): void {
    const keys = clientKeys(step)
    if (keys !== undefined && keys.inline === undefined)
      this.#endpoints.set(withoutResponse(keys.url), 'jwks')
  }

  #learn(step: Step): void {
    switch (step.kind) {
      case 'challenge':
        this.#mcpUrls.set(withoutResponse(step.url), true)
        if (step.resourceMetadata !== undefined)
          this.#challenged.set(step.resourceMetadata, step.target)
        return
      case 'mcp':
        if (!this.#mcpUrls.has(withoutResponse(step.url)))
          this.#mcpUrls.set(withoutResponse(step.url), true)
        return
      case 'server-metadata': {
        const document = objectOf(step.document)
        if (document === undefined || step.status !== 200) return
        for (const { member: name, url } of advertisedEndpoints(document)) {
          const kind = kindsByEndpoint.get(name)
          if (kind !== undefined) this.#endpoints.set(withoutResponse(url), kind)
        }
        return
      }
      case 'pushed-request':
        if (step.requestUri !== undefined) this.#pushed.set(step.requestUri, step.params)
        if (step.redirectUri !== undefined)
          this.#redirectUris.set(withoutResponse(step.redirectUri), true)
        return
      case 'authorize':
      case 'token':
        if (step.redirectUri !== undefined)
          this.#redirectUris.set(withoutResponse(step.redirectUri), true)
        if (step.clientId?.startsWith('https://') === true)
          this.#clientDocuments.set(step.clientId, true)
        return
      case 'registration':
        for (const uri of step.redirectUris ?? [])
          this.#redirectUris.set(withoutResponse(uri), true)
        this.#learnKeys(step)
        return
      case 'client-metadata':
        this.#learnKeys(step)
        return
      default:
        return
    }
  }
}

/** Bodies that the message had and the capture cannot show. */
function unreadBodies(exchange: Exchange): ('request' | 'response')[] {
  const unread: ('request' | 'response')[] = []
  if (isUnread(exchange.request)) unread.push('request')
  if (
    exchange.response !== undefined &&
    exchange.request.method !== 'HEAD' &&
    isUnread(exchange.response)
  )
    unread.push('response')
  return unread
}

function isUnread(message: Exchange['request'] | NonNullable<Exchange['response']>): boolean {
  if (message.body.dropped > 0) return true
  if (message.body.bytes.length > 0) return bodyText(message) === ''
  if ('status' in message && (message.status === 204 || message.status === 304)) return false
  return Number(header(message.headers, 'content-length') ?? 0) > 0
}
