import {
  type Body,
  type Exchange,
  type Headers,
  bodyText,
  mediaType,
} from '../../core/wire/exchange.ts'
import { parseJson } from '../../core/wire/json.ts'
import { formType } from '../../core/wire/params.ts'
import { parseForm } from '../../core/wire/params.ts'
import { safe, safeLines } from '../../core/wire/safe-text.ts'
import { counted } from '../../core/verdict/words.ts'
import { cut } from './cut.ts'

/** Request line and fields, as text that is safe to show. */
export function requestHead({ request }: Exchange, shows = everyField): string[] {
  return [`${safe(request.method)} ${safe(request.url)}`, ...fieldLines(request.headers, shows)]
}

/** Status line and fields, or why there are none. */
export function responseHead(
  { response, failure, handedOver }: Exchange,
  shows = everyField,
): string[] {
  const head =
    response === undefined
      ? handedOver === true
        ? ['(authtap sent the browser on and does not see the answer)']
        : failure === undefined
          ? ['(no answer was seen)']
          : []
      : [
          `HTTP/${safe(response.httpVersion ?? '1.1')} ${response.status} ${safe(response.statusText)}`.trimEnd(),
          ...fieldLines(response.headers, shows),
        ]
  const ended =
    failure === undefined
      ? []
      : [`(ended by ${failure.phase} ${safe(failure.code)}: ${safe(failure.message)})`]
  return [...head, ...ended]
}

const everyField = (_name: string) => true

/** Whether a field says something about authorization, discovery or who the parties are. */
export function tellsOfAuthorization(name: string): boolean {
  return /^(?:authorization|content-type|accept|www-authenticate|location|origin|user-agent|server|via|cf-ray|dpop.{0,20}|mcp-.{1,60}|access-control-.{1,60})$/i.test(
    name,
  )
}

function fieldLines(headers: Headers, shows: (name: string) => boolean): string[] {
  return headers
    .filter(([name]) => shows(name))
    .map(([name, value]) => `${safe(name)}: ${safe(value)}`)
}

/** A body for reading: JSON indented, a form a line a parameter, binary by its size; at most `limit` characters. */
export function readableBody(
  message: { headers: Headers; body: Body } | undefined,
  limit: number,
): string {
  if (message === undefined || message.body.bytes.length + message.body.dropped === 0) return ''
  const text = bodyText(message)
  if (text === '' || isBinary(text))
    return `(${counted(message.body.bytes.length, 'byte')} that ${text === '' ? 'cannot be decoded' : 'are not text'})`
  const shown = safeLines(laidOut(message.headers, text, limit))
  const dropped = message.body.dropped
  return cut(shown, limit) + (dropped > 0 ? `\n(${counted(dropped, 'byte')} not recorded)` : '')
}

function laidOut(headers: Headers, text: string, limit: number): string {
  if (mediaType(headers) === formType)
    return parseForm(text.slice(0, limit * 4))
      .map(([name, value]) => `${name}=${value}`)
      .join('\n')
  // Beyond this a document is shown as it is: laying it out would cost more than it tells.
  if (text.length > limit * 4) return text
  const value = parseJson(text)
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : text
}

function isBinary(text: string): boolean {
  return text.slice(0, 1000).includes('\0') || text.slice(0, 1000).includes('\ufffd\ufffd')
}

/** A URL with its labels readable: in a query they stand percent-encoded. */
export function decodedLabels(url: string): string {
  return url.replace(
    /%E2%80%B9([a-z0-9_]{1,40})%3A([0-9a-f]{16})%E2%80%BA/gi,
    (_, kind: string, hash: string) => `‹${kind}:${hash}›`,
  )
}
