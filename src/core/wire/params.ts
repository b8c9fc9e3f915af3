import { isUtf8 } from 'node:buffer'

export const formType = 'application/x-www-form-urlencoded'

/** Names and values decoded once, in order, repeats kept. */
export type Params = readonly (readonly [name: string, value: string])[]

/** No OAuth message has this many parameters; the rest of a longer one is not looked into. */
const maxPairs = 2000

/**
 * Reads application/x-www-form-urlencoded text (RFC 6749 Appendix B). Escapes that are malformed or are not UTF-8 stay as
 * they were written: as replacement characters, different wrong values would all look alike.
 */
export function parseForm(text: string): Params {
  const pairs: [string, string][] = []
  let start = 0
  while (start < text.length && pairs.length < maxPairs) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand === -1 ? text.length : ampersand
    if (end > start) pairs.push(readPair(text.slice(start, end)))
    start = end + 1
  }
  return pairs
}

/** The parameters in the query component of a URL as it was written (RFC 3986 §3.4). */
export function queryParams(url: string): Params {
  const fragment = url.indexOf('#')
  const end = fragment === -1 ? url.length : fragment
  const mark = url.indexOf('?')
  return mark === -1 ? [] : parseForm(url.slice(mark + 1, end))
}

/** The first value of a parameter. */
export function param(params: Params, name: string): string | undefined {
  return params.find(([key]) => key === name)?.[1]
}

/** All values of a parameter, in order. */
export function paramValues(params: Params, name: string): string[] {
  return params.filter(([key]) => key === name).map(([, value]) => value)
}

/** A name or value as it stands in a query or form. */
export function encodeParam(text: string): string {
  return encodeURIComponent(text)
}

function readPair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return equals === -1
    ? [decode(pair), '']
    : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  return spaced.includes('%') ? spaced.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun) : spaced
}

function decodeRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeCharacters(run)
}

/** Decodes the characters that are whole and keeps the escapes between them. */
function decodeCharacters(run: string): string {
  const character = /%[0-7].|%[cd].%[89ab].|%e.%[89ab].%[89ab].|%f[0-4]%[89ab].%[89ab].%[89ab]./gi
  return run.replace(character, (escapes) => {
    const bytes = Buffer.from(escapes.replaceAll('%', ''), 'hex')
    return isUtf8(bytes) ? bytes.toString('utf8') : escapes
  })
}
