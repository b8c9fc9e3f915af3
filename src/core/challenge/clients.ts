import { isUtf8 } from 'node:buffer'
import { skipBlank } from './quotes.ts'
import { withoutTrailing } from './values.ts'
import { parseUrl } from '../wire/parse-url.ts'

/** What one client reads out of the WWW-Authenticate fields. */
export interface ClientView {
  readonly resourceMetadata?: string
  readonly scope?: string
  readonly error?: string
}

const patterns = {
  resourceMetadata: /resource_metadata=(?:"([^"]+)"|([^\s,]+))/,
  scope: /scope=(?:"([^"]+)"|([^\s,]+))/,
  error: /error=(?:"([^"]+)"|([^\s,]+))/,
}

/** What the TypeScript and the Python SDK extract: one search over the joined fields, no quoted-pairs. */
export function readClients(lines: readonly string[]): {
  typescript: ClientView
  python: ClientView
} {
  // Fetch and httpx both join repeated fields (RFC 9110 §5.3).
  const joined = lines.map(trimmed).join(', ')
  return {
    typescript: typescriptListens(joined) ? withUrl(extract(joined)) : {},
    python: extract(asUtf8(joined)),
  }
}

/** Without the white space of HTTP at both ends; a no-break space stays (Fetch standard, "normalize" a value). */
function trimmed(line: string): string {
  return withoutTrailing(line.slice(skipBlank(line, 0)), ' \t\r\n')
}

/** The httpx library takes header bytes for UTF-8 where they can be; fetch reads them as Latin-1. */
function asUtf8(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const latin1 = bytes.toString('latin1') === text
  return latin1 && isUtf8(bytes) ? bytes.toString('utf8') : text
}

/** The TypeScript SDK looks at the first word of the whole value, and wants a second one right behind one space. */
function typescriptListens(joined: string): boolean {
  const [scheme = '', next = ''] = joined.split(' ', 2)
  return ['bearer', 'dpop'].includes(scheme.toLowerCase()) && next !== ''
}

/** The TypeScript SDK drops a value that is not an absolute URL. */
function withUrl(view: ClientView): ClientView {
  const { resourceMetadata, ...rest } = view
  if (resourceMetadata === undefined || parseUrl(resourceMetadata) === undefined) return rest
  return view
}

function extract(text: string): ClientView {
  const view: { -readonly [K in keyof ClientView]: ClientView[K] } = {}
  for (const key of ['resourceMetadata', 'scope', 'error'] as const) {
    const match = patterns[key].exec(text)
    const value = match?.[1] ?? match?.[2]
    if (value !== undefined) view[key] = value
  }
  return view
}
