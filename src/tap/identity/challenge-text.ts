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
    changed += field.slice(done, start) + respell(raw, url, change(url))
    done = end
  }
  return changed + field.slice(done)
}

/** Replaces the beginning of a value; the end, which stays, stays as it was escaped (RFC 9110 §5.6.4). */
function respell(raw: string, before: string, after: string): string {
  const shorter = Math.min(before.length, after.length)
  let common = 0
  while (common < shorter && before.at(-1 - common) === after.at(-1 - common)) common++
  let end = 0
  for (let read = 0; read < before.length - common; read++)
    end += raw[end] === '\\' && end + 1 < raw.length ? 2 : 1
  return after.slice(0, after.length - common).replace(/["\\]/g, '\\$&') + raw.slice(end)
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
