import { isObject, member } from './json.ts'
import type { JsonObject } from './document.ts'

const textLimit = 500

/**
 * What is kept of an MCP message: method, id, versions, who the parties are, capabilities, errors, and the text of a tool
 * result that reports an error. What a tool was asked and what it answered is nobody else's business.
 */
export function mcpSkeleton(message: unknown): unknown {
  if (Array.isArray(message)) return message.slice(0, 100).map(mcpSkeleton)
  if (!isObject(message)) return {}
  return withoutUndefined({
    jsonrpc: member(message, 'jsonrpc'),
    id: plain(member(message, 'id')),
    method: plain(member(message, 'method')),
    params: params(member(message, 'params')),
    result: result(member(message, 'result')),
    error: error(member(message, 'error')),
  })
}

/** Whether a value is a JSON-RPC message or a batch of them. */
export function isMcpMessage(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return isObject(first) && Object.hasOwn(first, 'jsonrpc')
}

function params(value: unknown): unknown {
  if (!isObject(value)) return value === undefined ? undefined : {}
  const meta = member(value, '_meta')
  return marked(value, {
    protocolVersion: plain(member(value, 'protocolVersion')),
    clientInfo: info(member(value, 'clientInfo')),
    capabilities: outline(member(value, 'capabilities')),
    name: plain(member(value, 'name')),
    _meta: isObject(meta) ? metaOf(meta) : undefined,
  })
}

function metaOf(meta: JsonObject): JsonObject {
  const kept = Object.entries(meta).filter(([name]) => name.startsWith('io.modelcontextprotocol/'))
  return Object.fromEntries(
    kept.map(([name, value]) => [name, isObject(value) ? outline(value) : plain(value)]),
  )
}

function result(value: unknown): unknown {
  if (!isObject(value)) return value === undefined ? undefined : {}
  const failed = member(value, 'isError') === true
  return marked(value, {
    protocolVersion: plain(member(value, 'protocolVersion')),
    serverInfo: info(member(value, 'serverInfo')),
    capabilities: outline(member(value, 'capabilities')),
    supportedVersions: plain(member(value, 'supportedVersions')),
    isError: plain(member(value, 'isError')),
    content: failed ? texts(member(value, 'content')) : undefined,
  })
}

function texts(content: unknown): unknown {
  if (!Array.isArray(content)) return undefined
  return content
    .filter(isObject)
    .slice(0, 5)
    .map((item) => ({ type: 'text', text: plain(member(item, 'text')) ?? '' }))
}

function error(value: unknown): unknown {
  if (!isObject(value)) return value === undefined ? undefined : {}
  const data = member(value, 'data')
  return withoutUndefined({
    code: plain(member(value, 'code')),
    message: plain(member(value, 'message')),
    data: isObject(data)
      ? withoutUndefined({ supported: plain(member(data, 'supported')) })
      : undefined,
  })
}

function info(value: unknown): unknown {
  if (!isObject(value)) return undefined
  return withoutUndefined({
    name: plain(member(value, 'name')),
    version: plain(member(value, 'version')),
  })
}

/** Names only, two levels deep: capabilities say what a party can do by which members are there. */
function outline(value: unknown, depth = 2): unknown {
  if (!isObject(value)) return isScalar(value) ? plain(value) : undefined
  if (depth === 0) return {}
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([name, inner]) => [
        name.slice(0, 100),
        isScalar(inner) ? plain(inner) : outline(inner, depth - 1),
      ]),
  )
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** Scalars and lists of strings as they are, text cut; anything deeper is left out. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, textLimit)
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').slice(0, 20)
  return isScalar(value) ? value : undefined
}

function marked(whole: JsonObject, kept: JsonObject): JsonObject {
  const clean = withoutUndefined(kept)
  const left = Object.keys(whole).filter((name) => !Object.hasOwn(clean, name)).length
  return left === 0 ? clean : { ...clean, '…': `${left} left out` }
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
