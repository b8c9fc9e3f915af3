/** A message of HTTP/1 without its framing: what two ways of sending the same have in common (RFC 9112). */
export interface Message {
  readonly start: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** Interim responses before it, each as its head. */
  readonly interim: readonly string[]
}

/** Fields that each hop writes for itself. */
const hop =
  /^(?:host|connection|keep-alive|proxy-connection|transfer-encoding|content-length|expect|te|upgrade|trailer)$/i

type Fields = (readonly [string, string])[]

/**
 * Reads the first message of a text, one character a byte. Undefined while it is not whole.
 * @param method of the request, where it is a response
 */
export function readMessage(text: string, ended: boolean, method?: string): Message | undefined {
  const interim: string[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const [start = '', ...lines] = rest.slice(0, end).split('\r\n')
    rest = rest.slice(end + 4)
    if (method !== undefined && /^HTTP\/1\.[01] 1(?!01)\d\d/.test(start)) {
      interim.push([start, ...lines].join('\r\n'))
      continue
    }
    const all = lines.map(fieldOf)
    const read = readBody(rest, all, { start, ended, method })
    if (read === undefined) return undefined
    const isHead = method === 'HEAD' || / 304(?: |$)/.test(start)
    const fields = all.filter(
      ([name]) => !hop.test(name) || (isHead && /^content-length$/i.test(name)),
    )
    return { start: withoutVersion(start), fields, interim, ...read }
  }
}

/** Each hop has a version of its own (RFC 9112 §2.3), and the space before no phrase may be left out. */
function withoutVersion(start: string): string {
  return start.replace(/HTTP\/1\.[01]/, 'HTTP/1').replace(/^(HTTP\/1 \d{3}) $/, '$1')
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
}

function valueOf(fields: Fields, name: string): string | undefined {
  return fields.find(([field]) => field.toLowerCase() === name)?.[1]
}

function readBody(
  text: string,
  fields: Fields,
  { start, ended, method }: { start: string; ended: boolean; method: string | undefined },
): { body: string; trailers: Fields } | undefined {
  const none = { body: '', trailers: [] }
  if (method === 'HEAD' || (method !== undefined && / (?:204|304)(?: |$)/.test(start))) return none
  if (/chunked/i.test(valueOf(fields, 'transfer-encoding') ?? '')) return readChunks(text)
  const length = valueOf(fields, 'content-length')
  if (length !== undefined)
    return text.length < Number(length)
      ? undefined
      : { ...none, body: text.slice(0, Number(length)) }
  if (method === undefined) return none
  return ended ? { ...none, body: text } : undefined
}

function readChunks(text: string): { body: string; trailers: Fields } | undefined {
  let body = ''
  let at = 0
  for (;;) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = parseInt(text.slice(at, line), 16)
    at = line + 2
    if (size === 0) break
    body += text.slice(at, at + size)
    at += size + 2
    if (at > text.length) return undefined
  }
  const trailers: Fields = []
  for (;;) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    if (line === at) return { body, trailers }
    trailers.push(fieldOf(text.slice(at, line)))
    at = line + 2
  }
}
