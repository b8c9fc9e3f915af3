import type { Headers, Touch } from '../../core/wire/exchange.ts'
import { changeChallenge, challengeUrls } from './challenge-text.ts'
import { localSetCookie } from './cookies.ts'
import { FieldPlaces, hopFields, toPairs } from '../wire/headers.ts'
import { type Notices, quoted } from '../notices.ts'
import type { Origins, Site } from './origins.ts'
import type { Head } from '../wire/head-plan.ts'
import type { FlatHeaders } from '../wire/transport.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

export interface ResponseContext {
  readonly site: Site
  /** The local host name that the client uses. */
  readonly name: string
  readonly origins: Origins
  readonly notices: Notices
}

export interface ResponseHead {
  /** What the client gets, without the fields of the hop. */
  readonly headers: string[]
  readonly touches: Touch[]
}

/** Translates a head; only one that names a new origin takes time. */
export function changeResponseHead(
  head: Head,
  context: ResponseContext,
): ResponseHead | Promise<ResponseHead> {
  const { site, origins } = context
  if (head.status !== 401 && head.status !== 403) return changeFields(head, context)
  const urls = head.headers
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .flatMap(([, value]) => challengeUrls(value))
  for (const url of urls) origins.learn(url, { kind: 'resource-metadata', server: undefined })
  const mayName = site.roles.has('target') || site.roles.has('also')
  if (!mayName || !origins.news(urls)) return changeFields(head, context)
  return origins.admit(urls, 'resource-metadata', site).then(() => changeFields(head, context))
}

function changeFields(head: Head, context: ResponseContext): ResponseHead {
  const hop = hopFields(head.headers, 'response')
  const places = new FieldPlaces('response')
  const headers: string[] = []
  const touches: Touch[] = []
  for (const [name, value] of head.headers) {
    const lower = name.toLowerCase()
    if (hop.has(lower)) continue
    const change = changeField(lower, value, head, context)
    if (change === undefined) {
      headers.push(name, value)
      continue
    }
    const at = places.next(lower)
    if (change.value !== value)
      touches.push({ at, client: change.value ?? '', upstream: value, why: change.why })
    if (change.value !== undefined) headers.push(name, change.value)
  }
  return { headers, touches }
}

type Change = { readonly value: string | undefined; readonly why: string }

function changeField(
  lower: string,
  value: string,
  head: Head,
  context: ResponseContext,
): Change | undefined {
  const { map } = context.origins
  const toLocal = (url: string) => map.toLocalFrom(context.site.origin, url, context.name)
  const why = 'origin mapped'
  switch (lower) {
    case 'location':
      noteRedirect(value, head, context)
      nameRedirect(value, context)
      return { value: toLocal(value), why }
    case 'content-location':
      return { value: toLocal(value), why }
    case 'link':
      return { value: value.replace(/<([^<>]*)>/g, (_, url: string) => `<${toLocal(url)}>`), why }
    case 'set-cookie':
      return changeCookie(value, context)
    case 'strict-transport-security':
      return isPublic(context)
        ? undefined
        : { value: undefined, why: 'the client would apply it to localhost' }
    case 'alt-svc':
      return { value: undefined, why: 'the client would look for authtap there' }
    case 'www-authenticate':
      if (head.status !== 401 && head.status !== 403) return undefined
      return { value: changeChallenge(value, toLocal), why }
    default:
      return undefined
  }
}

function isPublic({ origins, name }: ResponseContext): boolean {
  return origins.map.isPublic(name)
}

function changeCookie(value: string, context: ResponseContext): Change {
  const { site, origins, name } = context
  const jar = origins.map.jar(site.origin, name)
  const sharing = isPublic(context)
    ? 'it is for the public name, which may stand for several servers'
    : 'all ports of localhost share their cookies'
  const plain = jar.scheme === 'http' ? ', and the client reaches them without TLS' : ''
  return { value: localSetCookie(value, jar), why: sharing + plain }
}

/** A client that follows has to be let in there. */
function nameRedirect(location: string, { site, origins }: ResponseContext): void {
  const url = origins.map.places.isUsed ? parseUrl(location, site.origin) : undefined
  if (url !== undefined) origins.named.add(url.href)
}

function noteRedirect(
  location: string,
  { status }: Head,
  { site, origins, notices }: ResponseContext,
): void {
  const url = parseUrl(location)
  if (status < 300 || status > 399 || !/^https?:/i.test(location) || url === undefined) return
  const { origin, host } = url
  if (origins.site(origin) !== undefined) return
  const upgrade = site.origin === `http://${host}`
  const text = upgrade
    ? `${site.origin} redirects to https: start authtap with the https URL`
    : `${site.origin} redirects to ${quoted(origin)}, which does not go through authtap, so authtap does not see what follows (--also ${quoted(origin)} sends it through authtap)`
  notices.tell(
    upgrade ? 'warning' : 'info',
    upgrade ? 'target-redirects-to-https' : 'redirect-leaves',
    text,
    origin,
  )
}

/** Fields that describe the bytes of a document, and are wrong once those are changed (RFC 9110 §8.8, RFC 9530). */
const validators = new Set([
  'etag',
  'last-modified',
  'digest',
  'content-digest',
  'repr-digest',
  'content-md5',
])

/**
 * The head of a document whose body is sent decoded and changed.
 * @param upstream the fields as they came
 * @param headers the fields as they would go without that change
 */
export function changedDocumentHead(
  upstream: Headers,
  headers: FlatHeaders,
  length: number,
): ResponseHead {
  const kept: string[] = []
  const touches: Touch[] = []
  const places = new FieldPlaces('response')
  for (const [name, value] of toPairs(headers)) {
    const lower = name.toLowerCase()
    if (lower === 'content-length') continue
    if (lower === 'content-encoding' || validators.has(lower))
      touches.push({
        at: places.next(lower),
        client: '',
        upstream: value,
        why: 'authtap changed the document',
      })
    else kept.push(name, value)
  }
  return { headers: [...kept, lengthName(upstream), String(length)], touches }
}

function lengthName(upstream: Headers): string {
  return upstream.find(([name]) => name.toLowerCase() === 'content-length')?.[0] ?? 'Content-Length'
}
