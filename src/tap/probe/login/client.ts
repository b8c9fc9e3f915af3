import type { Headers } from '../../../core/wire/exchange.ts'
import {
  type JsonObject,
  isObject,
  parseJson,
  stringMember,
  stringsMember,
} from '../../../core/wire/json.ts'
import type { Answer, Asker } from '../asker.ts'
import { isWeb } from '../documents.ts'
import type { Tell } from '../look.ts'
import { became, seen } from '../words.ts'
import { type ClientKey, assertionFor } from './assertion.ts'

/** What the person said of the client that logs in. */
export interface ClientChoice {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** URL of a client id metadata document. */
  readonly clientMetadata: string | undefined
  readonly key: ClientKey | undefined
  /** Register a client even where one was given by hand or by its document. */
  readonly register: boolean
}

/** The client that logs in, and how it is told from others. */
export interface LoginClient {
  readonly id: string
  readonly secret: string | undefined
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  readonly key: ClientKey | undefined
  /** Where its registration may be deleted, and with what (RFC 7592 §2.3). */
  readonly registration: { readonly uri: string; readonly token: string } | undefined
}

/** By hand, by a document, or by registration (MCP 2025-11-25 Client Registration Approaches). Undefined when there is no way. */
export async function becomeClient(
  asker: Asker,
  server: JsonObject,
  choice: ClientChoice,
  wanted: { readonly redirectUri: string; readonly scope: string | undefined },
  tell: Tell,
): Promise<LoginClient | undefined> {
  const given = choice.clientMetadata ?? choice.clientId
  if (given !== undefined && !choice.register) return ownClient(server, given, choice)
  const endpoint = stringMember(server, 'registration_endpoint')
  if (endpoint !== undefined && isWeb(endpoint))
    return register(asker, endpoint, { ...wanted, method: methodToRegister(server) }, tell)
  const text =
    'no client can be registered here: give one with --client-id ID or --client-metadata URL'
  tell({ part: 'Login', mark: 'bad', text })
  return undefined
}

export function ownClient(server: JsonObject, id: string, choice: ClientChoice): LoginClient {
  const { clientSecret: secret, key } = choice
  const method = key !== undefined ? 'private_key_jwt' : methodFor(server, secret)
  return { id, secret, method, key, registration: undefined }
}

/** Basic where nothing is listed (RFC 8414 §2). */
function methodFor(server: JsonObject, secret: string | undefined): LoginClient['method'] {
  if (secret === undefined) return 'none'
  const listed = stringsMember(server, 'token_endpoint_auth_methods_supported')
  const isBasic = listed === undefined || listed.includes('client_secret_basic')
  return isBasic ? 'client_secret_basic' : 'client_secret_post'
}

type RegisteredMethod = Exclude<LoginClient['method'], 'private_key_jwt'>

/** A public client, as a program on somebody's machine is one, unless the server lists only other ways (RFC 8414 §2). */
function methodToRegister(server: JsonObject): RegisteredMethod {
  const listed = stringsMember(server, 'token_endpoint_auth_methods_supported') ?? []
  const ways = ['none', 'client_secret_basic', 'client_secret_post'] as const
  return ways.find((way) => listed.includes(way)) ?? 'none'
}

interface Wanted {
  readonly redirectUri: string
  readonly scope: string | undefined
  readonly method: RegisteredMethod
}

/** RFC 7591 §3.1. */
async function register(
  asker: Asker,
  endpoint: string,
  { redirectUri, scope, method }: Wanted,
  tell: Tell,
): Promise<LoginClient | undefined> {
  const answer = await asker.ask({
    method: 'POST',
    url: endpoint,
    headers: [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
    ],
    body: JSON.stringify({
      client_name: 'authtap check',
      application_type: 'native',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      ...(scope === undefined ? {} : { scope }),
    }),
  })
  if (answer === undefined) return undefined
  const client = registeredClient(answer, method)
  tell({
    part: 'Login',
    mark: client === undefined ? 'bad' : 'well',
    text: `registration: ${became(answer)}${client === undefined ? '' : `, client ${client.id}`}`,
    ...seen(answer),
  })
  return client
}

function registeredClient(
  { status = 0, text }: Answer,
  wanted: RegisteredMethod,
): LoginClient | undefined {
  const document = parseJson(text)
  const id = isObject(document) ? stringMember(document, 'client_id') : undefined
  if (status < 200 || status > 299 || !isObject(document) || id === undefined) return undefined
  const secret = stringMember(document, 'client_secret')
  // The server may register another way than the one asked for (RFC 7591 §3.2.1).
  const named = stringMember(document, 'token_endpoint_auth_method') ?? wanted
  const method = named === 'client_secret_basic' || named === 'client_secret_post' ? named : 'none'
  const uri = stringMember(document, 'registration_client_uri')
  const token = stringMember(document, 'registration_access_token')
  return {
    id,
    secret: method === 'none' ? undefined : secret,
    method,
    key: undefined,
    registration:
      uri === undefined || token === undefined || !isWeb(uri) ? undefined : { uri, token },
  }
}

/** How a client says who it is at an endpoint of the authorization server (RFC 6749 §2.3). */
export function authenticated(
  client: LoginClient,
  audience: string,
): { readonly headers: Headers; readonly params: Readonly<Record<string, string>> } {
  const { id, secret = '', method, key } = client
  if (method === 'client_secret_basic') {
    // RFC 6749 §2.3.1: both are form-encoded first.
    const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`
    const basic = Buffer.from(pair).toString('base64')
    return { headers: [['Authorization', `Basic ${basic}`]], params: {} }
  }
  if (method === 'client_secret_post')
    return { headers: [], params: { client_id: id, client_secret: secret } }
  if (method === 'private_key_jwt' && key !== undefined)
    return {
      headers: [],
      params: {
        client_id: id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertionFor(id, audience, key),
      },
    }
  return { headers: [], params: { client_id: id } }
}
