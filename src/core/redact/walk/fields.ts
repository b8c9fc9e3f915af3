import { kindOf } from '../find/appearance.ts'
import { parameterMeaning } from '../find/names.ts'
import { type Replace, isShownLabel } from './replace.ts'

/**
 * Hidden fields of a page: `response_mode=form_post` delivers the authorization response in them (OAuth 2.0 Form Post
 * Response Mode §2), and login pages carry their state.
 */
export function mapHtml(text: string, replace: Replace): string {
  if (!text.includes('<')) return text
  return text.replace(/<(?:input|meta)\s[^<>]{1,20000}/gi, (tag) => mapTag(tag, replace))
}

function mapTag(tag: string, replace: Replace): string {
  const name = attribute(tag, 'name') ?? attribute(tag, 'id')
  const value = attribute(tag, 'value') ?? attribute(tag, 'content')
  if (name === undefined || value === undefined || isShownLabel(value.value)) return tag
  const meant = unreferenced(value.value)
  const kind = kindOf(parameterMeaning(name.value), meant, 'pairs')
  if (kind === undefined) return tag
  const label = replace.secret(kind, meant)
  if (label === meant) return tag
  return tag.slice(0, value.from) + label + tag.slice(value.from + value.value.length)
}

function attribute(tag: string, name: string): { value: string; from: number } | undefined {
  const match = new RegExp(
    `\\s${name}\\s{0,5}=\\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`,
    'id',
  ).exec(tag)
  const range = match?.indices?.slice(1).find((one) => one !== undefined)
  return range === undefined ? undefined : { value: tag.slice(...range), from: range[0] }
}

function unreferenced(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** The fields of multipart/form-data (RFC 7578 §4.2), which is wrong at a token endpoint, and seen there. */
export function mapMultipart(text: string, replace: Replace): string {
  const boundary = /^--[^\r\n]{1,200}/.exec(text.trimStart())?.[0]
  if (boundary === undefined) return replace.text(text)
  return text
    .split(boundary)
    .map((part) => mapPart(part, replace))
    .join(replace.known(boundary))
}

function mapPart(part: string, replace: Replace): string {
  const gap = /\r?\n\r?\n/.exec(part)
  const name = /;\s{0,5}name="?([^"\r\n;]{1,100})/i.exec(part.slice(0, 2000))?.[1]
  if (gap === null || name === undefined) return replace.text(part)
  const from = gap.index + gap[0].length
  const value = part.slice(from).replace(/\r?\n$/, '')
  const kind = kindOf(parameterMeaning(name), value, 'message')
  const shown = kind === undefined ? replace.text(value) : replace.secret(kind, value)
  return replace.known(part.slice(0, from)) + shown + part.slice(from + value.length)
}
