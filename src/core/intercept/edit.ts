import { applyEdits as splice, modify } from 'jsonc-parser'
import type { Headers } from '../wire/exchange.ts'
import { parseJson, pointed, pointerName } from '../wire/json.ts'
import { encodeParam, param, parseForm } from '../wire/params.ts'
import type { Message } from './message.ts'

/** One change of one place: `=` sets it, `+=` adds to what stands there, `-` removes it. */
export interface Edit {
  /** In the notation of evidence: `response.json/issuer`, `request.header.origin`. */
  readonly at: string
  readonly how: '=' | '+=' | '-'
  readonly value: string
}

/** What an edit did at a place; nothing stands where a value is empty. */
export interface Edited {
  readonly at: string
  readonly before: string
  readonly after: string
}

const shape =
  /^((?:request|response)\.(?:method|status|body|(?:header|query|form)\.[^=]+?|json(?:\/[^=]*?)?))(?:(\+?=)(.*)|-)$/s

/** Fields that frame a message or name its hop: authtap writes them itself. */
export const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
])

/** Reads `response.json/issuer=https://as.example`; in a sentence what is wrong with it. */
export function parseEdit(text: string): Edit | { readonly error: string } {
  const [, at, sign, value = ''] = shape.exec(text) ?? []
  if (at === undefined)
    return {
      error: `${text} names no place to change, such as response.json/issuer=VALUE, request.form.resource- or response.status=403.`,
    }
  const how = sign === '=' || sign === '+=' ? sign : '-'
  const [side, what, name = ''] = parts(at)
  if (what === 'header' && framing.has(name.toLowerCase()))
    return { error: `${name} frames the message, and is written by authtap.` }
  if ((what === 'method') !== (side === 'request') && (what === 'method' || what === 'status'))
    return { error: `A ${side} has no ${what}.` }
  if (what === 'status' && (how !== '=' || !/^[2-5]\d\d$/.test(value)))
    return { error: `${at} has to be a number from 200 to 599, as in ${at}=403.` }
  if (what === 'method' && (how !== '=' || !/^[A-Z]{3,10}$/.test(value)))
    return { error: `${at} has to be a method, as in ${at}=GET.` }
  if (what === 'header' && !/^[\w!#$%&'*.^`|~+-]+$/.test(name))
    return { error: `${name} is no name of a header field.` }
  if (what === 'header' && /[^\t\x20-\x7e\x80-\xff]/.test(value))
    return { error: `What ${at} is to be cannot stand in a header field.` }
  return { at, how, value }
}

/** `response.json/a/b` as `['response', 'json', '/a/b']`. */
function parts(at: string): [side: string, what: string, name?: string] {
  const [, side = '', what = '', name] = /^(\w+)\.(\w+)\.?(.*)$/s.exec(at) ?? []
  return [side, what, name ?? '']
}

/** The message with a place changed, and what stood there and stands there now; undefined where nothing changes. */
export function edit(
  message: Message,
  wanted: Edit,
): { readonly message: Message; readonly edited: readonly Edited[] } | undefined {
  const [side, what, name = ''] = parts(wanted.at)
  if (side !== message.side) return undefined
  switch (what) {
    case 'method':
      return one(wanted.at, message.method, wanted.value, (method) => ({ ...message, method }))
    case 'status':
      return one(wanted.at, String(message.status), wanted.value, (status) => ({
        ...message,
        status: Number(status),
      }))
    case 'header':
      return editHeader(message, wanted, name)
    case 'query': {
      const [base, query = ''] = cut(message.url)
      return editParam(query, wanted, name, (text) => ({
        ...message,
        url: text === '' ? base : `${base}?${text}`,
      }))
    }
    default:
      return message.body === undefined ? undefined : editBody(message, message.body, wanted)
  }
}

type Result = ReturnType<typeof edit>

function one(
  at: string,
  before: string,
  after: string,
  changed: (value: string) => Message,
): Result {
  if (before === after) return undefined
  return { message: changed(after), edited: [{ at, before, after }] }
}

function cut(url: string): [base: string, query: string | undefined] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, undefined] : [url.slice(0, mark), url.slice(mark + 1)]
}

function editHeader(message: Message, { how, value }: Edit, name: string): Result {
  const lower = name.toLowerCase()
  const at = (index: number) => `${message.side}.header.${lower}[${index}]`
  const found = message.headers.filter(([field]) => field.toLowerCase() === lower)
  if (how === '+=')
    return {
      message: { ...message, headers: [...message.headers, [name, value]] },
      edited: [{ at: at(found.length), before: '', after: value }],
    }
  if (how === '-' ? found.length === 0 : found.length === 1 && found[0]![1] === value)
    return undefined
  const first = message.headers.findIndex(([field]) => field.toLowerCase() === lower)
  const kept: Headers = message.headers.flatMap((field, index): Headers => {
    if (field[0].toLowerCase() !== lower) return [field]
    return index === first && how === '=' ? [[field[0], value]] : []
  })
  const edited = found.map(([, before], index) => ({
    at: at(index),
    before,
    after: index === 0 ? value : '',
  }))
  return found.length === 0
    ? {
        message: { ...message, headers: [...message.headers, [name, value]] },
        edited: [{ at: at(0), before: '', after: value }],
      }
    : { message: { ...message, headers: kept }, edited }
}

/** Parameters that are not changed keep their spelling. */
function editParam(
  text: string,
  { at, how, value }: Edit,
  name: string,
  changed: (text: string) => Message,
): Result {
  const pairs = text === '' ? [] : text.split('&')
  const isIt = (raw: string) => parseForm(raw)[0]?.[0] === name
  const written = `${encodeParam(name)}=${encodeParam(value)}`
  const before = param(parseForm(text), name)
  const first = pairs.findIndex(isIt)
  const after =
    how === '+=' || (first < 0 && how === '=')
      ? [...pairs, written]
      : pairs.flatMap((raw, index) =>
          !isIt(raw) ? [raw] : index === first && how === '=' ? [written] : [],
        )
  if (how === '-' ? first < 0 : how === '=' && before === value) return undefined
  return {
    message: changed(after.join('&')),
    edited: [{ at, before: how === '+=' ? '' : (before ?? ''), after: value }],
  }
}

function editBody(message: Message, body: string, wanted: Edit): Result {
  const { at, how, value } = wanted
  const [, what, name = ''] = parts(at)
  if (what === 'body')
    return one(at, body, how === '+=' ? body + value : value, (text) => ({
      ...message,
      body: text,
    }))
  if (what === 'form') return editParam(body, wanted, name, (text) => ({ ...message, body: text }))
  const json = parseJson(body)
  if (json === undefined) return undefined
  const before = pointed(json, name)
  const after = how === '-' ? undefined : added(before, valueOf(value), how)
  if (how === '-' ? before === undefined : shown(before) === shown(after)) return undefined
  const text = body.startsWith('\ufeff') ? body.slice(1) : body
  const path = name.split('/').slice(1).map(pointerName)
  try {
    return {
      message: { ...message, body: splice(text, modify(text, inLists(json, path), after, {})) },
      edited: [{ at, before: shown(before), after: shown(after) }],
    }
  } catch {
    // The place lies within something that is no object and no list.
    return undefined
  }
}

/** Numbers lead into lists. */
function inLists(json: unknown, path: readonly string[]): (string | number)[] {
  let current = json
  return path.map((part) => {
    const isPlace = Array.isArray(current) && /^\d{1,6}$/.test(part)
    current = isPlace
      ? (current as unknown[])[Number(part)]
      : typeof current === 'object' && current !== null && Object.hasOwn(current, part)
        ? (current as Record<string, unknown>)[part]
        : undefined
    return isPlace ? Number(part) : part
  })
}

function added(before: unknown, value: unknown, how: '=' | '+='): unknown {
  if (how === '=') return value
  if (Array.isArray(before)) return [...(before as unknown[]), value]
  return typeof before === 'string' && typeof value === 'string' ? before + value : value
}

/** What is written as JSON is meant as JSON, and anything else is a text. */
function valueOf(text: string): unknown {
  const value = parseJson(text)
  return value === undefined ? text : value
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
