/** Parameters of a challenge that a client dials (RFC 9728 §5.1; `authorization_uri` is Microsoft's older name). */
const urlParameters = new Set(['resource_metadata', 'authorization_uri'])

interface Value {
  readonly name: string
  /** Place of the value in the field, without quotes. */
  readonly start: number
  readonly end: number
}

/** The URLs that a WWW-Authenticate value names, in order. */
export function challengeUrls(field: string): string[] {
  return urlValues(field).map(({ start, end }) => unescape(field.slice(start, end)))
}

/** The same field with its URLs changed and every other byte kept. */
export function changeChallenge(field: string, change: (url: string) => string): string {
  let changed = ''
  let done = 0
  for (const { start, end } of urlValues(field)) {
    const raw = field.slice(start, end)
    const url = unescape(raw)
    const other = change(url)
    // An escape inside a URL is a quoted-pair (RFC 9110 §5.6.4); one that stays is written as it was.
    changed += field.slice(done, start) + (other === url ? raw : other.replace(/["\\]/g, '\\$&'))
    done = end
  }
  return changed + field.slice(done)
}

function urlValues(field: string): Value[] {
  return parameters(field).filter(({ name }) => urlParameters.has(name))
}

const token = /[!#$%&'*+.^_`|~0-9a-z-]+/iy
const assignment = /[ \t]*=[ \t]*/y
const quotedString = /"((?:[^"\\]|\\[^])*)(?:"|\\?$)/y
const bareValue = /[^\s,"]*/y

/** Reads leniently, as clients do: every `name=value` outside of quotes, whatever scheme it belongs to. */
function parameters(field: string): Value[] {
  const values: Value[] = []
  let at = 0
  while (at < field.length) {
    const name = match(token, field, at)
    if (name === undefined) {
      const quoted = match(quotedString, field, at)
      at += quoted === undefined ? 1 : quoted[0].length
      continue
    }
    at += name[0].length
    const equals = match(assignment, field, at)
    if (equals === undefined) continue
    at += equals[0].length
    const quoted = match(quotedString, field, at)
    const value = quoted === undefined ? match(bareValue, field, at)![0] : quoted[1]!
    const start = quoted === undefined ? at : at + 1
    values.push({ name: name[0].toLowerCase(), start, end: start + value.length })
    at += quoted === undefined ? value.length : quoted[0].length
  }
  return values
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function unescape(raw: string): string {
  return raw.includes('\\') ? raw.replace(/\\([^])/g, '$1') : raw
}
