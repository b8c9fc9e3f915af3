import { type Body, type Headers, bodyText, decodedBytes } from './exchange.ts'

export type JsonObject = { readonly [name: string]: unknown }

/** What a JSON document turned out to be: the object, or why there is none. */
export type JsonDocument =
  | { readonly kind: 'object'; readonly value: JsonObject }
  | { readonly kind: 'empty' | 'not-json' | 'not-an-object' | 'unread' }

/** Nothing OAuth or MCP sends as metadata is longer; a larger body is left unread rather than parsed. */
const documentLimit = 1024 * 1024

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object's own member: never one of Object.prototype, whatever the name. */
export function member(object: JsonObject | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined
}

/** A member that is a string. */
export function stringMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = member(object, name)
  return typeof value === 'string' ? value : undefined
}

export function objectMember(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = member(object, name)
  return isObject(value) ? value : undefined
}

/** The strings of a list member; undefined when the member is no list. */
export function stringsMember(object: JsonObject | undefined, name: string): string[] | undefined {
  const value = member(object, name)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined
}

/** The messages parsed last: one is read for its facts, and then again to be redacted. Nobody changes what was read. */
const parsed: { text: string; value: unknown }[] = []
const parsedCount = 4
const parsedLength = 64 * 1024

/** The same as `parseJson`, for the text of a message that several parties read one after the other. */
export function parseMessage(text: string): unknown {
  if (text.length > parsedLength) return parseJson(text)
  const known = parsed.find((one) => one.text === text)
  if (known !== undefined) return known.value
  const value = parseJson(text)
  if (parsed.length === parsedCount) parsed.shift()
  parsed.push({ text, value })
  return value
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    return undefined
  }
}

/** Reads a message body as a JSON document, whatever its media type says. */
export function readDocument(message: { headers: Headers; body: Body } | undefined): JsonDocument {
  if (message === undefined) return { kind: 'empty' }
  const bytes = decodedBytes(message)
  if (bytes === undefined || bytes.length > documentLimit || message.body.dropped > 0)
    return { kind: 'unread' }
  const text = bodyText(message)
  if (text.trim() === '') return { kind: 'empty' }
  const value = parseJson(text)
  if (value === undefined) return { kind: 'not-json' }
  return isObject(value) ? { kind: 'object', value } : { kind: 'not-an-object' }
}

/** The document's object, when there is a document and it is one. */
export function objectOf(document: JsonDocument | undefined): JsonObject | undefined {
  return document?.kind === 'object' ? document.value : undefined
}

/** The member's name that a part of a pointer stands for (RFC 6901 §4). */
export function pointerName(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The part of a pointer that stands for a member's name (RFC 6901 §3). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The value an RFC 6901 pointer names; undefined when nothing is there. */
export function pointed(value: unknown, pointer: string): unknown {
  let current = value
  for (const part of pointer.split('/').slice(1)) {
    const key = pointerName(part)
    if (Array.isArray(current)) current = /^\d{1,6}$/.test(key) ? current[Number(key)] : undefined
    else current = isObject(current) ? member(current, key) : undefined
  }
  return current
}

/** A document has no member of this name, or one that says nothing: null or the empty string. */
export function lacks(document: JsonObject, name: string): boolean {
  const value = member(document, name)
  return value === undefined || value === null || value === ''
}
