import {
  type Body,
  type Headers,
  bodyText,
  decodedBytes,
  mediaType,
  textBody,
} from '../../wire/exchange.ts'
import { parseMessage } from '../../wire/json.ts'
import { formType } from '../../wire/params.ts'
import { mapHtml, mapMultipart } from './fields.ts'
import { mapJsonText } from './json.ts'
import { isMcpMessage, mcpSkeleton, skeletonText, unreadMessage } from './mcp.ts'
import type { Replace } from './replace.ts'
import { mapNested, mapForm } from './url.ts'

/**
 * A body with labels in place of secrets. One that has to change is made anew: as UTF-8 text, without its content
 * codings. One that cannot be searched cannot be shown, and counts as not kept.
 */
export function mapBody(message: { headers: Headers; body: Body }, replace: Replace): Body {
  const { body } = message
  if (body.bytes.length === 0) return body
  const text = readText(message)
  if (text === undefined)
    return { bytes: new Uint8Array(0), dropped: body.dropped + body.bytes.length }
  const mapped = mapText(text.text, mediaType(message.headers), replace)
  if (mapped === text.text && text.isUtf8) return body
  return textBody(mapped, body.dropped)
}

/** What a body says; undefined when it is not text, or coded in a way that cannot be undone. */
function readText(message: {
  headers: Headers
  body: Body
}): { text: string; isUtf8: boolean } | undefined {
  const bytes = decodedBytes(message)
  if (bytes === undefined || bytes.includes(0)) return undefined
  const text = bodyText(message)
  if (!text.includes('\ufffd') || isUtf8(bytes)) return { text, isUtf8: true }
  // Other character sets agree with Latin-1 in what matters, and nothing is lost on the way back.
  return { text: Buffer.from(bytes).toString('latin1'), isUtf8: false }
}

/** A character may be cut at the end, where the capture limit was reached. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function mapText(text: string, type: string | undefined, replace: Replace): string {
  if (type === 'text/event-stream') return mapEvents(text, replace)
  if (/^\ufeff?\s*[{[]/.test(text)) return mapJson(text, replace)
  if (type?.startsWith('multipart/') === true) return mapMultipart(text, replace)
  if (type === formType || /^[\w.~%+[\]-]{1,100}=[^\s<>]*$/.test(text))
    return mapForm(text, replace)
  return mapHtml(mapNested(text, replace), replace)
}

function mapJson(text: string, replace: Replace): string {
  if (!/"jsonrpc"|"method"/.test(text)) return mapJsonText(text, replace)
  // Most of a message is left out, so there is nothing to learn from it; findings may quote what an error says.
  if (replace.learning && text.includes('"jsonrpc"') && !/"(?:isError|error)"/.test(text))
    return text
  const message = parseMessage(text)
  if (message === undefined)
    return text.includes('"jsonrpc"') ? unreadMessage(text.length) : mapJsonText(text, replace)
  if (!isMcpMessage(message)) return mapJsonText(text, replace)
  const skeleton = mcpSkeleton(message, (part) => replace.text(part))
  // Nothing was left out: the message keeps its spelling.
  if (!skeleton.reduced) return mapJsonText(text, replace)
  return mapSkeleton(skeletonText(skeleton.message, text.length), replace)
}

const id = /"id":\d{1,15}(?=[,}])/
const leftOut = /"\d{1,9} characters left out"\}$/

/** Most skeletons are like one before, but for their id and for how much they leave out: numbers that hide nothing. */
function mapSkeleton(text: string, replace: Replace): string {
  const like = text.replace(id, '"id":0').replace(leftOut, '"0 characters left out"}')
  const mapped = replace.again?.('message', '', like, () => mapJsonText(like, replace))
  return mapped === like ? text : mapJsonText(text, replace)
}

/** The data of each event on its own (HTML §9.2.6); other lines as text. Line ends stay as they are. */
function mapEvents(text: string, replace: Replace): string {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/)
  const result: string[] = []
  for (let index = 0; index < lines.length;) {
    const from = index
    while (lines[index]?.startsWith('data:') === true) index += 1
    if (index > from) result.push(mapData(lines.slice(from, index), replace))
    else result.push(mapLine(lines[index++]!, replace))
  }
  return result.join('')
}

function mapLine(line: string, replace: Replace): string {
  const text = line.trimEnd()
  return replace.text(text) + line.slice(text.length)
}

/** The lines of one event hold one message, and are read as one. */
function mapData(lines: readonly string[], replace: Replace): string {
  const data = lines.map((line) => line.slice(5).trim()).join('\n')
  const mapped = /^[{[]/.test(data) ? mapJson(data, replace) : mapNested(data, replace)
  if (mapped === data) return lines.join('')
  const space = lines[0]![5] === ' ' ? ' ' : ''
  const end = /[\r\n]*$/.exec(lines.at(-1)!)![0]
  return (
    mapped
      .split('\n')
      .map((line) => `data:${space}${line}`)
      .join(end === '' ? '\n' : end) + end
  )
}
