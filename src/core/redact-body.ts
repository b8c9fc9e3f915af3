import { type Body, type Headers, bodyText, decodedBytes, mediaType } from './exchange.ts'
import { parseJson } from './json.ts'
import { formType } from './oauth-facts.ts'
import { mapHtml, mapMultipart } from './redact-fields.ts'
import { mapJsonText } from './redact-json.ts'
import { isMcpMessage, mcpSkeleton, skeletonText, unreadMessage } from './redact-mcp.ts'
import type { Replace } from './redact-replace.ts'
import { mapNested, mapPairs } from './redact-url.ts'

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
  return { bytes: Buffer.from(mapped), dropped: body.dropped }
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
    return mapPairs(text, replace)
  return mapHtml(mapNested(text, replace), replace)
}

function mapJson(text: string, replace: Replace): string {
  if (!/"jsonrpc"|"method"/.test(text)) return mapJsonText(text, replace)
  // Most of a message is left out, so there is nothing to learn from it.
  if (replace.learning && text.includes('"jsonrpc"')) return text
  const message = parseJson(text)
  if (message === undefined)
    return text.includes('"jsonrpc"') ? unreadMessage(text.length) : mapJsonText(text, replace)
  if (!isMcpMessage(message)) return mapJsonText(text, replace)
  const skeleton = mcpSkeleton(message, (part) => replace.text(part))
  // Nothing was left out: the message keeps its spelling.
  if (!skeleton.reduced) return mapJsonText(text, replace)
  return mapJsonText(skeletonText(skeleton.message, text.length), replace)
}

/** The data of each event on its own (HTML §9.2.6); other lines as text. Line ends stay as they are. */
function mapEvents(text: string, replace: Replace): string {
  const lines = text.split(/(\r\n|\n|\r)/)
  const result: string[] = []
  for (let index = 0; index < lines.length; index += 2) {
    const line = lines[index]!
    const end = lines[index + 1] ?? ''
    const match = /^data:( ?)(.*)$/s.exec(line)
    if (match === null) {
      result.push(replace.text(line), end)
      continue
    }
    const data = [match[2]!]
    let last = end
    while (lines[index + 2]?.startsWith('data:') === true) {
      index += 2
      data.push(lines[index]!.slice(5).replace(/^ /, ''))
      last = lines[index + 1] ?? ''
    }
    result.push(...mapData(data, match[1]!, last, replace))
  }
  return result.join('')
}

/** Data that changes comes out in one line: what the lines of one event hold is one message. */
function mapData(data: readonly string[], space: string, end: string, replace: Replace): string[] {
  const whole = data.join('\n')
  const mapped = /^\s*[{[]/.test(whole) ? mapJson(whole, replace) : mapNested(whole, replace)
  const eol = end === '' ? '\n' : end
  const lines = mapped === whole ? data : mapped.split('\n')
  return lines.flatMap((line, index) => [
    `data:${space}${line}`,
    index === lines.length - 1 ? end : eol,
  ])
}
