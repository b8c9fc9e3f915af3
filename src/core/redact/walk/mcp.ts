import { isObject, member } from '../../wire/json.ts'
import type { JsonObject } from '../../wire/json.ts'

/** Characters kept of names and versions, and of what an error says. */
const nameLimit = 500
const textLimit = 2000
const listLimit = 100

export interface Skeleton {
  readonly message: unknown
  /** Something of the message is not in the skeleton. */
  readonly reduced: boolean
}

/** Whether a value is a JSON-RPC message or a batch of them. */
export function isMcpMessage(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (!isObject(first)) return false
  return Object.hasOwn(first, 'jsonrpc') || typeof member(first, 'method') === 'string'
}

/**
 * What is kept of an MCP message: method, id, versions, who the parties are, capabilities, errors, the name of the tool,
 * and what a failed tool says about authorization. What a tool was asked and what it answered is nobody else's business.
 * @param clean what becomes of text that is kept
 */
export function mcpSkeleton(value: unknown, clean: (text: string) => string): Skeleton {
  const outline = new Outline(clean)
  const message = Array.isArray(value)
    ? outline.list(value, (one) => outline.message(one))
    : outline.message(value)
  return { message, reduced: outline.reduced }
}

const mark = '…'

/** The skeleton as text, with a note of how much of the original it leaves out. */
export function skeletonText(message: unknown, originalLength: number): string {
  const bare = JSON.stringify(message)
  const note = { [mark]: `${Math.max(originalLength - bare.length, 0)} characters left out` }
  // Nearly always; the same as below without writing the message down again.
  if (isObject(message) && bare !== '{}' && !Object.hasOwn(message, mark))
    return `${bare.slice(0, -1)},${JSON.stringify(note).slice(1)}`
  return JSON.stringify(
    Array.isArray(message)
      ? message.map((one, index) => (index === 0 ? { ...(one as object), ...note } : one))
      : { ...(message as object), ...note },
  )
}

/** What stands in place of a message that was cut or is no JSON, so that what it carries cannot be told apart. */
export function unreadMessage(length: number): string {
  return JSON.stringify({ [mark]: `${length} characters left out` })
}

const note = /^\d{1,9} characters left out$/

/** Copies what is kept, and remembers whether anything was not. */
class Outline {
  reduced = false
  readonly #clean: (text: string) => string

  constructor(clean: (text: string) => string) {
    this.#clean = clean
  }

  message(value: unknown): JsonObject {
    return this.#object(value, (name, one) => {
      switch (name) {
        case 'jsonrpc':
        case 'id':
        case 'method':
          return this.#name(one)
        case 'params':
          return this.#params(one)
        case 'result':
          return this.#result(one)
        case 'error':
          return this.#error(one)
        case mark:
          return typeof one === 'string' && note.test(one) ? one : undefined
      }
      return undefined
    })
  }

  #params(value: unknown): JsonObject {
    return this.#object(value, (name, one) => {
      switch (name) {
        case 'protocolVersion':
        case 'name':
          return this.#name(one)
        case 'clientInfo':
          return this.#info(one)
        case 'capabilities':
          return this.#names(one, 2)
        case '_meta':
          return this.#meta(one)
      }
      return undefined
    })
  }

  #result(value: unknown): JsonObject {
    return this.#object(value, (name, one) => {
      switch (name) {
        case 'protocolVersion':
        case 'supportedVersions':
        case 'isError':
          return this.#name(one)
        case 'serverInfo':
          return this.#info(one)
        case 'capabilities':
          return this.#names(one, 2)
        case 'content':
          return this.#failure(value, one)
        case '_meta':
          return this.#meta(one)
      }
      return undefined
    })
  }

  /** The content of a result that says it is an error. */
  #failure(result: unknown, content: unknown): unknown {
    const failed = isObject(result) && member(result, 'isError') === true
    if (!failed || !Array.isArray(content)) return undefined
    return this.list(content, (item) => this.#content(item), 5)
  }

  #error(value: unknown): JsonObject {
    return this.#object(value, (name, one) => {
      if (name === 'code') return this.#name(one)
      if (name === 'message') return typeof one === 'string' ? this.#cut(one, textLimit) : undefined
      return name === 'data' ? this.#data(one) : undefined
    })
  }

  #data(value: unknown): unknown {
    if (typeof value === 'string') return this.#saying(value)
    return this.#object(value, (name, one) => {
      if (name === 'supported' || name === 'requested') return this.#name(one)
      return name === 'message' ? this.#saying(one) : undefined
    })
  }

  #content(value: unknown): JsonObject {
    return this.#object(value, (name, one) => {
      if (name === 'type') return this.#name(one)
      return name === 'text' ? this.#saying(one) : undefined
    })
  }

  /** Challenges travel in `_meta` too, where a tool asks for authorization. */
  #meta(value: unknown): JsonObject {
    let kept = 0
    return this.#object(value, (name, one) => {
      const known = name.startsWith('io.modelcontextprotocol/') || name === 'mcp/www_authenticate'
      if (!known || ++kept > 20) return undefined
      return this.#names(one, 2)
    })
  }

  #info(value: unknown): JsonObject {
    return this.#object(value, (name, one) =>
      name === 'name' || name === 'title' || name === 'version' ? this.#name(one) : undefined,
    )
  }

  /** Names only, some levels deep: capabilities say what a party can do by which members are there. */
  #names(value: unknown, depth: number): unknown {
    if (!isObject(value)) return this.#name(value)
    let kept = 0
    return this.#object(value, (name, one) => {
      if (depth === 0 || ++kept > 50 || name.length > 100) return undefined
      return this.#names(one, depth - 1)
    })
  }

  /** Scalars and lists of strings; anything deeper is left out. */
  #name(value: unknown): unknown {
    if (typeof value === 'string') return this.#cut(value, nameLimit)
    if (Array.isArray(value))
      return this.list(
        value.filter((one) => typeof one === 'string'),
        (one) => this.#cut(one, nameLimit),
        20,
        value.length,
      )
    return typeof value === 'object' && value !== null ? undefined : value
  }

  /** Text that says something about authorization, and no other. */
  #saying(value: unknown): string | undefined {
    if (typeof value !== 'string') return undefined
    return value === '' || aboutAuthorization.test(value.slice(0, textLimit))
      ? this.#cut(value, textLimit)
      : undefined
  }

  #cut(text: string, limit: number): string {
    const part = text.length > 8 * limit ? text.slice(0, 8 * limit) : text
    const clean = this.#clean(part)
    if (part === text && clean.length <= limit) return clean
    this.reduced = true
    const cut = clean.slice(0, limit)
    // A label is whole or not there at all.
    const open = cut.lastIndexOf('‹')
    return open > cut.lastIndexOf('›') ? cut.slice(0, open) : cut
  }

  list<In, Out>(
    values: readonly In[],
    map: (value: In) => Out,
    limit = listLimit,
    length = values.length,
  ): Out[] {
    if (length > Math.min(values.length, limit)) this.reduced = true
    return values.slice(0, limit).map(map)
  }

  /** An object with what becomes of its members, without those of which nothing does. */
  #object(value: unknown, keep: (name: string, value: unknown) => unknown): JsonObject {
    if (!isObject(value)) {
      this.reduced = true
      return {}
    }
    const kept: [string, unknown][] = []
    for (const name of Object.keys(value)) {
      const mapped = keep(name, value[name])
      if (mapped === undefined) this.reduced = true
      else kept.push([name, mapped])
    }
    return Object.fromEntries(kept)
  }
}

const aboutAuthorization =
  /auth|token|credential|log ?in|sign ?in|permission|forbidden|denied|\b40[13]\b|scope|expired|session|api.?key|jwt|secret|audience|issuer|signature|consent|redirect|pkce|rate.?limit/i
