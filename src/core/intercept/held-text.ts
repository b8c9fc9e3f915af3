import type { Headers } from '../wire/exchange.ts'
import { framing } from './edit.ts'
import { flawOf } from './event-text.ts'
import type { Answer, Message } from './message.ts'

/** A text that a person wrote cannot be sent, and why. */
export interface Unsendable {
  readonly error: string
}

/** A message as a person reads and changes it: its first line, its fields, an empty line, its body. */
export function heldText(message: Message): string {
  const { side, method, url, status, headers, body } = message
  const first = side === 'request' ? `${method} ${url}` : `HTTP/1.1 ${status}`
  const fields = shownFields(headers).map(([name, value]) => `${name}: ${value}\n`)
  if (message.isEvent === true) return `${fields.join('')}\n${body ?? ''}\n`
  // Editors end a file with the end of a line, and it is taken off again.
  return `${first}\n${fields.join('')}\n${body ?? ''}\n`
}

/** The answer that a person starts from who answers in a server's place. */
export function answerDraft(): string {
  return 'HTTP/1.1 200\nContent-Type: application/json\n\n{}\n'
}

/**
 * The message that such a text makes of one that is held. What frames it is not in the text and follows by itself.
 * @param fixed what its URL begins with: it goes where it was going
 */
export function readHeld(text: string, held: Message, fixed: string): Message | Unsendable {
  const { first, headers, body } = partsOf(text)
  const fields = fieldsOf(held.isEvent === true ? [first, ...headers] : headers)
  if ('error' in fields) return fields
  if (held.isEvent === true) {
    const error = flawOf(fields.headers)
    return error === undefined ? { ...held, headers: fields.headers, body } : { error }
  }
  if (held.body === undefined && body !== '')
    return { error: 'The body flows by or is no text, and cannot be changed: leave it empty.' }
  const rest = {
    headers: withFraming(held.headers, fields.headers),
    body: held.body === undefined ? undefined : body,
  }
  if (held.side === 'response') {
    const status = statusIn(first)
    return typeof status === 'number' ? { ...held, ...rest, status } : status
  }
  const [, method, url] = /^([A-Z]{3,10}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first) ?? []
  if (method === undefined || url === undefined)
    return { error: `The first line has to be a method and a URL, such as ${held.method} ${fixed}` }
  if (!url.startsWith(fixed))
    return { error: `The URL has to begin with ${fixed}: the request goes where it was going.` }
  if (/[^\x21-\x7e]/.test(url))
    return { error: 'The URL holds characters that have to be percent-encoded.' }
  return { ...held, ...rest, method, url }
}

/** The answer that such a text is. */
export function readAnswer(text: string): Answer | Unsendable {
  const { first, headers, body } = partsOf(text)
  const status = statusIn(first)
  if (typeof status !== 'number') return status
  const fields = fieldsOf(headers)
  if ('error' in fields) return fields
  return { status, headers: withFraming([], fields.headers), body }
}

/** What is said to a person above the text; lines before the first that are not part of it begin with #. */
export function withRemarks(remarks: readonly string[], text: string): string {
  return `${remarks.map((line) => `# ${line}\n`).join('')}${text}`
}

export function withoutRemarks(text: string): string {
  return text.replace(/^(?:#[^\n]*(?:\n|$))+/, '')
}

/** Lines may end as they like above the body, and the body is taken as it stands. */
function partsOf(text: string) {
  const [, head = text, body = ''] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(text) ?? []
  const [first = '', ...headers] = head.split(/\r?\n/)
  return { first: first.trim(), headers, body: body.replace(/\n$/, '') }
}

function statusIn(line: string): number | Unsendable {
  const [, status] = /^HTTP\/[\d.]+ ([2-5]\d\d)(?: .*)?$/.exec(line) ?? []
  return status === undefined
    ? { error: 'The first line has to be a status from 200 to 599, such as HTTP/1.1 403' }
    : Number(status)
}

function fieldsOf(lines: readonly string[]): { readonly headers: Headers } | Unsendable {
  const headers: [string, string][] = []
  for (const line of lines.filter((one) => one !== '')) {
    const [, name, value = ''] = /^([\w!#$%&'*.^`|~+-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined)
      return {
        error: `${line} is no field: between the first line and the empty one stands NAME: VALUE.`,
      }
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      return { error: `What ${name} is to be cannot stand in a header field.` }
    headers.push([name, value])
  }
  return { headers }
}

function shownFields(headers: Headers): Headers {
  return headers.filter(([name]) => !framing.has(name.toLowerCase()))
}

/** The fields that were not shown are those of the message; where nothing was changed, neither was their order. */
function withFraming(before: Headers, written: Headers): Headers {
  const kept = shownFields(written)
  const shown = shownFields(before)
  const isSame =
    kept.length === shown.length &&
    kept.every(([name, value], place) => {
      const [oldName, oldValue] = shown[place]!
      return name === oldName && value === oldValue.trim()
    })
  if (isSame) return before
  return [...kept, ...before.filter(([name]) => framing.has(name.toLowerCase()))]
}
