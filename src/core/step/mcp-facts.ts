import { parseChallenges } from '../challenge/challenge.ts'
import { sha256 } from '../wire/hash.ts'
import {
  type Exchange,
  type Response,
  bodyText,
  header,
  headerValues,
  mediaType,
} from '../wire/exchange.ts'
import {
  isObject,
  member,
  objectMember,
  parseMessage,
  stringMember,
  stringsMember,
} from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'
import { credentialsBeside } from './credentials-beside.ts'
import { type ReadToken, withSignature } from './read-token.ts'
import { presentedPlace, proofPlace } from '../wire/signature.ts'
import type { JsonObject, Presented, Rpc, RpcAnswer } from './step.ts'

/** An MCP message above this size is not parsed: what matters for authorization is in small ones. */
const messageLimit = 64 * 1024
const versionKey = 'io.modelcontextprotocol/protocolVersion'

/** Facts of a call to the MCP endpoint that both `mcp` and `challenge` steps carry. */
export function mcpFacts(exchange: Exchange, read: ReadToken) {
  const { request, response } = exchange
  const authorization = headerValues(request.headers, 'authorization')
  const rpc = readRpc(exchange)
  const answer = readAnswer(exchange)
  return {
    target: request.url.split('#', 1)[0]!,
    method: request.method,
    rpc,
    answer,
    isMcp: isMcpAnswer(exchange, rpc, answer),
    isRequest: isRequest(exchange, rpc, answer),
    authorization,
    presented:
      authorization[0] === undefined
        ? undefined
        : readAuthorization(authorization[0], (value) =>
            withSignature(read(value), exchange, presentedPlace),
          ),
    beside: credentialsBeside(exchange, read),
    proof: readProof(exchange, read),
    sessionId:
      header(request.headers, 'mcp-session-id') ??
      header(response?.headers ?? [], 'mcp-session-id'),
    versionHeader: header(request.headers, 'mcp-protocol-version'),
    stream: mediaType(response?.headers ?? []) === 'text/event-stream',
  }
}

/**
 * Whether an answer is one that an MCP server gives (MCP Streamable HTTP): a success that carries a message, an event
 * stream, or nothing where nothing is due. What the capture does not show is taken for right.
 */
function isMcpAnswer(
  { request, response, like }: Exchange,
  rpc: Rpc | undefined,
  answer: RpcAnswer | undefined,
): boolean {
  if (response === undefined || response.status < 200 || response.status >= 300) return false
  const isAsked = request.method === 'POST' && rpc !== undefined && !isNotification(rpc)
  // The older transport answers on a stream of its own.
  if (response.status === 202) return true
  if (response.status === 204) return !isAsked
  const type = mediaType(response.headers)
  if (type === 'text/event-stream') return true
  // Clients read a message only where it is said to be one.
  if (answer !== undefined) return type === undefined || type.includes('json') || !isAsked
  if (type === 'text/html' || type === 'application/xhtml+xml') return false
  if (!['GET', 'POST'].includes(request.method) || response.body.dropped > 0) return true
  const text = bodyText(response)
  if (text === '' && like === undefined && rpc !== undefined && !isNotification(rpc))
    return !isKnownToBeEmpty(response)
  if (text === '' || text.length > messageLimit) return true
  // What is no request is answered with no message (JSON-RPC 2.0 §4.1).
  return request.method === 'POST' && rpc !== undefined && isNotification(rpc)
}

/** Nothing was sent, rather than not kept: its length says so, or it would have been no message in any case. */
function isKnownToBeEmpty({ headers }: Response): boolean {
  const type = mediaType(headers)
  return (
    header(headers, 'content-length') === '0' || ![undefined, 'application/json'].includes(type)
  )
}

/** A body that the capture does not show is taken for a request; one that is no message is one where it is answered as such. */
function isRequest({ request }: Exchange, rpc: Rpc | undefined, answer: RpcAnswer | undefined) {
  if (request.method !== 'POST') return false
  if (rpc !== undefined) return !isNotification(rpc)
  return answer !== undefined || request.body.bytes.length === 0 || request.body.dropped > 0
}

function isNotification({ method }: Rpc): boolean {
  return method === undefined || method.startsWith('notifications/')
}

export function readProof(exchange: Exchange, read: ReadToken): Token | undefined {
  const proof = header(exchange.request.headers, 'dpop')
  return proof === undefined ? undefined : withSignature(read(proof), exchange, proofPlace)
}

/** Splits an Authorization field into scheme and credential (RFC 9110 §11.6.2). */
function readAuthorization(raw: string, read: ReadToken): Presented {
  const trimmed = raw.trim()
  const space = trimmed.search(/[ \t]/)
  if (space < 0) return { raw, scheme: '', token: read(trimmed) }
  return { raw, scheme: trimmed.slice(0, space), token: read(trimmed.slice(space).trim()) }
}

/** Facts only a 401 or 403 has. The first Bearer or DPoP challenge speaks; read leniently, as a person would. */
export function challengeFacts(exchange: Exchange) {
  const response = exchange.response
  const challenges = parseChallenges(headerValues(response?.headers ?? [], 'www-authenticate'))
  const usable = challenges.lenient.filter(({ scheme }) => /^(bearer|dpop)$/i.test(scheme))
  const value = (name: string) =>
    usable.flatMap(({ params }) => params).find((param) => param.name.toLowerCase() === name)?.value
  return {
    challenges,
    usable,
    resourceMetadata: value('resource_metadata'),
    scope: value('scope'),
    error: value('error'),
    errorDescription: value('error_description'),
    bodyText: response === undefined ? '' : bodyText(response).slice(0, 2000),
  }
}

/** Reads the JSON-RPC message of a request; undefined when the body is none. */
export function readRpc(exchange: Exchange): Rpc | undefined {
  const { request } = exchange
  if (request.method !== 'POST' || request.body.bytes.length === 0) return undefined
  const message = readMessage(bodyText(request))
  const batch = Array.isArray(message)
  const first = batch ? (message as unknown[]).find(isObject) : message
  if (
    !isObject(first) ||
    (member(first, 'jsonrpc') === undefined && member(first, 'method') === undefined)
  )
    return undefined
  const params = objectMember(first, 'params')
  const meta = stringMember(objectMember(params, '_meta'), versionKey)
  return {
    method: stringMember(first, 'method'),
    target: stringMember(params, 'name') ?? stringMember(params, 'uri'),
    batch,
    protocolVersion: meta ?? stringMember(params, 'protocolVersion'),
    modern: meta !== undefined || header(request.headers, 'mcp-method') !== undefined,
    clientInfo: objectMember(params, 'clientInfo'),
  }
}

/** Reads the first JSON-RPC answer of a response body or event stream. */
function readAnswer(exchange: Exchange): RpcAnswer | undefined {
  const response = exchange.response
  if (response === undefined || response.body.bytes.length === 0) return undefined
  const text = bodyText(response)
  const message =
    mediaType(response.headers) === 'text/event-stream' ? firstEventAnswer(text) : readMessage(text)
  const first = Array.isArray(message) ? message.find(isObject) : message
  if (!isObject(first)) return undefined
  const result = member(first, 'result')
  const error = objectMember(first, 'error')
  const payload = isObject(result) ? result : undefined
  if (result === undefined && error === undefined) return undefined
  const code = member(error, 'code')
  const supported =
    stringsMember(payload, 'supportedVersions') ??
    stringsMember(objectMember(error, 'data'), 'supported')
  return {
    result: result !== undefined,
    protocolVersion: stringMember(payload, 'protocolVersion'),
    serverInfo: objectMember(payload, 'serverInfo'),
    error:
      error === undefined
        ? undefined
        : {
            code: typeof code === 'number' ? code : undefined,
            message: (stringMember(error, 'message') ?? '').slice(0, 2000),
          },
    toolError: member(payload, 'isError') === true ? toolText(payload!) : undefined,
    supportedVersions: supported,
    publicResult:
      stringMember(payload, 'cacheScope') === 'public'
        ? sha256(JSON.stringify({ ...payload, _meta: undefined }))
        : undefined,
  }
}

function toolText(result: JsonObject): string {
  const content = member(result, 'content')
  const texts = Array.isArray(content)
    ? content.filter(isObject).map((item) => stringMember(item, 'text') ?? '')
    : []
  return texts.join(' ').slice(0, 2000)
}

/** The first data event that is an answer; requests and notifications of the server are skipped. */
function firstEventAnswer(text: string): unknown {
  for (const line of text.slice(0, messageLimit).split(/\r\n|\n|\r/, 400)) {
    if (!line.startsWith('data:')) continue
    const message = readMessage(line.slice(5))
    if (isObject(message) && (Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error')))
      return message
  }
  return undefined
}

function readMessage(text: string): unknown {
  return text.length > messageLimit ? undefined : parseMessage(text)
}
