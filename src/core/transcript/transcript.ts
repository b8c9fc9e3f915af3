import { isUtf8 } from 'node:buffer'
import type { Body, Exchange, Headers, Response, Source } from '../wire/exchange.ts'
import { emptyBody, header } from '../wire/exchange.ts'
import type { Draft } from './drafts.ts'
import { filled, readDrafts, utf8 } from './drafts.ts'
import { escapeFill } from './fill.ts'
import type { Line } from './lines.ts'
import { isBlank, isNote, TranscriptError, trimmed, withoutTail } from './lines.ts'
import { asBytes, encodeWord, formatTime, transcriptEpoch } from './words.ts'
import { isLoopback } from '../wire/url.ts'

export { TranscriptError } from './lines.ts'
export { transcriptEpoch } from './words.ts'

/**
 * Reads exchanges from text as `curl -v` prints it: `>` request line and fields, a blank line, the body; `<` status
 * line and fields, a blank line, the body; `! tcp ECONNREFUSED words` for a failure outside HTTP; `# at 12:00:01.250
 * client=c1` about the exchange below. A backslash in front of a body line keeps it from being read as one of these.
 * `\\base64:…` is a binary body. Placeholders are those of `fill`, and a line `${opening}` is the usual beginning of a
 * login (`opened`). Exchange n starts n seconds after `transcriptEpoch` and takes 100 ms unless the text says otherwise.
 * Throws TranscriptError.
 */
export function parseTranscript(text: string, options: { source?: Source } = {}): Exchange[] {
  const exchanges: Exchange[] = []
  let last = transcriptEpoch
  for (const draft of readDrafts(text)) {
    // A tunnel through somebody's proxy is not part of the conversation.
    if (draft.method === 'CONNECT' && (draft.response?.status ?? 0) < 300) continue
    const startedAt = draft.about.startedAt ?? last + 1000
    last = startedAt
    const id = draft.about.id ?? String(exchanges.length + 1)
    exchanges.push(toExchange(draft, id, startedAt, options.source ?? 'transcript'))
  }
  return exchanges
}

function toExchange(draft: Draft, id: string, startedAt: number, source: Source): Exchange {
  const { about, failure, httpVersion } = draft
  const client = about.client ?? 'c1'
  const ended = (draft.response ?? failure ?? about.handedOver) !== undefined && !about.open
  const endedAt = about.endedAt ?? (ended ? startedAt + 100 : undefined)
  const response = toResponse(draft)
  return {
    id,
    source,
    client,
    connection: about.connection ?? client,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(about.address === undefined ? {} : { serverAddress: about.address }),
    request: {
      method: draft.method,
      url: absoluteUrl(draft),
      ...(httpVersion === undefined ? {} : { httpVersion }),
      ...toMessage(draft, draft.request, about.requestDropped, 0),
    },
    ...(response === undefined ? {} : { response }),
    ...(failure === undefined ? {} : { failure }),
    ...(about.handedOver === undefined ? {} : { handedOver: about.handedOver }),
    ...(about.repeats === undefined ? {} : { repeats: about.repeats }),
    ...(about.trial === undefined ? {} : { trial: about.trial }),
    touched: [],
    ...(about.missing === undefined ? {} : { missing: about.missing }),
  }
}

function toResponse(draft: Draft): Response | undefined {
  const { about, response } = draft
  if (response === undefined) return undefined
  const { status, statusText, httpVersion } = response
  const bodiless = draft.method === 'HEAD' || status === 204 || status === 304
  return {
    status,
    statusText,
    ...(httpVersion === undefined ? {} : { httpVersion }),
    ...toMessage(draft, response, about.responseDropped ?? (bodiless ? 0 : undefined), draft.noted),
    complete: about.complete ?? draft.failure === undefined,
  }
}

/** `noted`: how many bytes of the body went by unseen, where neither the transcript nor Content-Length says it. */
function toMessage(
  draft: Draft,
  message: { readonly headers: Headers; readonly body: readonly Line[] },
  dropped: number | undefined,
  noted: number,
): { headers: Headers; body: Body } {
  const { bytes, plain } = bodyBytes(message.body)
  if (bytes.length > 0) {
    return {
      // curl prints what it has decoded, and the field that names the coding all the same.
      headers: plain ? withoutCoding(message.headers) : message.headers,
      body: { bytes, dropped: dropped ?? 0 },
    }
  }
  const announced = Number(header(message.headers, 'content-length') ?? noted)
  const unseen = dropped ?? (draft.curl && Number.isSafeInteger(announced) ? announced : 0)
  return { headers: message.headers, body: unseen > 0 ? { bytes, dropped: unseen } : emptyBody }
}

function withoutCoding(headers: Headers): Headers {
  return headers.filter(([name]) => name.toLowerCase() !== 'content-encoding')
}

const binary = '\\base64:'

function bodyBytes(lines: readonly Line[]): { bytes: Uint8Array; plain: boolean } {
  const first = lines.findIndex((line) => !isBlank(line.text))
  const last = lines.findLastIndex((line) => !isBlank(line.text))
  if (first === -1) return { bytes: emptyBody.bytes, plain: false }
  const shown = lines.slice(first, last + 1)
  if (shown.length === 1 && shown[0]!.text.startsWith(binary)) {
    return { bytes: Buffer.from(shown[0]!.text.slice(binary.length), 'base64'), plain: false }
  }
  const text = shown.map((line) => (line.text.startsWith('\\') ? line.text.slice(1) : line.text))
  return { bytes: Buffer.from(filled(shown[0]!, text.join('\n')), 'latin1'), plain: true }
}

/** The request line's URL, or its path on the Host; https unless something says otherwise. */
function absoluteUrl(draft: Draft): string {
  const target = utf8(draft.target)
  if (/^https?:\/\/[^/?#]/i.test(target)) return target
  if (draft.method === 'CONNECT') return `https://${target}`
  const host = header(draft.request.headers, 'host')
  if (host === undefined || !(target.startsWith('/') || target === '*')) {
    throw new TranscriptError(
      'give an absolute http or https URL, or a path and a Host field',
      draft.line.number,
    )
  }
  const scheme = draft.about.scheme ?? draft.scheme ?? (isLoopback(host) ? 'http' : 'https')
  return `${scheme}://${host}${target === '*' ? '' : target}`
}

/**
 * Writes exchanges so that `parseTranscript` reads the same. Left out: what the client used instead (`via`, `touched`),
 * timings and trailers.
 */
export function formatTranscript(exchanges: readonly Exchange[]): string {
  return exchanges.map((exchange, index) => formatExchange(exchange, String(index + 1))).join('\n')
}

function formatExchange(exchange: Exchange, defaultId: string): string {
  const { request, response, failure } = exchange
  const { httpVersion } = request
  const lines = [
    `# ${annotationOf(exchange, defaultId)}`,
    `> ${request.method} ${formatUrl(request.url)}${httpVersion === undefined ? '' : ` HTTP/${httpVersion}`}`,
    ...formatMessage('>', request),
  ]
  if (response !== undefined) {
    const words = [
      response.httpVersion === undefined ? 'HTTP' : `HTTP/${response.httpVersion}`,
      response.status,
      formatValue(response.statusText),
    ]
    lines.push(trimmed(`< ${words.join(' ')}`), ...formatMessage('<', response))
  }
  if (failure !== undefined) {
    const words = [
      failure.phase,
      encodeWord(failure.code) || '-',
      formatValue(latin1(failure.message)),
    ]
    lines.push(trimmed(`! ${words.join(' ')}`), '')
  }
  return utf8(lines.join('\n'))
}

function annotationOf(exchange: Exchange, defaultId: string): string {
  const { client, connection, endedAt, response } = exchange
  const startedAt = Math.round(exchange.startedAt)
  const ended = (response ?? exchange.failure ?? exchange.handedOver) !== undefined
  const complete = exchange.failure === undefined
  const word = (name: string, value: string | number | undefined, unless?: string | number) =>
    value === undefined || value === unless ? [] : [`${name}=${encodeWord(String(value))}`]
  return [
    `at ${formatTime(startedAt)}`,
    ...(endedAt === undefined || (ended && Math.round(endedAt) === startedAt + 100)
      ? []
      : [`until ${formatTime(endedAt)}`]),
    ...(ended && endedAt === undefined ? ['open'] : []),
    ...word('id', exchange.id, defaultId),
    ...word('client', client),
    ...word('connection', connection, client),
    ...word('address', exchange.serverAddress),
    ...word('repeats', exchange.repeats),
    ...word('trial', exchange.trial && `${exchange.trial.sort}:${exchange.trial.of}`),
    ...word('missing', exchange.missing?.join(',')),
    ...word('request-dropped', exchange.request.body.dropped, 0),
    ...word('response-dropped', response?.body.dropped, 0),
    ...(exchange.handedOver ? ['handed-over'] : []),
    ...(response === undefined || response.complete === complete
      ? []
      : [response.complete ? 'complete' : 'incomplete']),
  ].join(' ')
}

function formatMessage(mark: string, message: { headers: Headers; body: Body }): string[] {
  const fields = message.headers.map(([name, value]) =>
    trimmed(`${mark} ${formatName(name)}: ${formatValue(value)}`),
  )
  const body = formatBody(message)
  return body.length === 0 ? [...fields, ''] : [...fields, '', ...body, '']
}

function formatBody(message: { headers: Headers; body: Body }): string[] {
  const bytes = Buffer.from(message.body.bytes)
  if (bytes.length === 0) return []
  const text = bytes.toString('latin1')
  const coded = header(message.headers, 'content-encoding') !== undefined
  if (coded || !isUtf8(bytes) || /[\x00-\x08\x0b-\x1f\x7f]/.test(text)) {
    return [binary + bytes.toString('base64')]
  }
  const lines = text.split('\n')
  return lines.map((line, index) => {
    const edge = index === 0 || index === lines.length - 1
    return escapeFill(needsEscape(line, edge) ? `\\${line}` : line)
  })
}

function needsEscape(line: string, edge: boolean): boolean {
  if (isBlank(line)) return line !== '' || edge
  return (
    /^(?:[><!#*\\]|curl: \()/.test(line) || isNote(line) || withoutTail(line).length < line.length
  )
}

/** A field's name or value, a status text: what would be lost in reading is written as bytes. */
function formatValue(value: string): string {
  const bytes = asBytes(value)
  const lost = isUtf8(bytes) ? /[\x00-\x1f\x7f]|^ | $/g : /[\x00-\x1f\x7f-\xff]|^ | $/g
  return escapeFill(bytes.toString('latin1')).replaceAll(
    lost,
    (byte) => `\${bytes ${Buffer.from(byte, 'latin1').toString('hex')}}`,
  )
}

/** A colon at the beginning belongs to the name, as in HTTP/2; one within would end it. */
function formatName(name: string): string {
  return formatValue(name).replaceAll(/(?<!^):/g, '${bytes 3a}')
}

function formatUrl(url: string): string {
  return formatValue(latin1(url)).replaceAll(/(?<!\$\{bytes) /g, '${bytes 20}')
}

/** Text as the characters of its UTF-8 bytes. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
