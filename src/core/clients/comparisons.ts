import { origin } from '../wire/url.ts'
import { readWellKnown } from '../wire/wellknown.ts'
import { parseUrl } from '../wire/parse-url.ts'

export type ResourceRule = keyof typeof resourceRules

/** What a client takes for metadata of the server that it calls. */
export const resourceRules = {
  exact: (resource: string, target: string) => resource === target,
  'same-href': (resource: string, target: string) => href(resource) === href(target),
  'same-without-query': (resource: string, target: string) =>
    withoutQuery(resource) === withoutQuery(target),
  /** Of the document at the root, the origin (RFC 9728 §3.3). */
  'exact-or-root': (resource: string, target: string, found: string) => {
    const place = readWellKnown(found)
    const isRoot = place?.document === 'resource-metadata' && place.probe === 'root'
    return resource === (isRoot ? origin(target) : target)
  },
  'url-or-origin': (resource: string, target: string) =>
    [href(target), href(origin(target) ?? '')].some(
      (one) => one?.toLowerCase() === href(resource)?.toLowerCase(),
    ),
  prefix: (resource: string, target: string) => {
    if (parseUrl(resource) === undefined || origin(resource) !== origin(target)) return false
    const path = (url: string) => `${new URL(url).pathname.replace(/\/$/, '')}/`
    return path(target).startsWith(path(resource))
  },
}

function withoutQuery(url: string): string | undefined {
  return href(url.split(/[?#]/, 1)[0]!)
}

function href(url: string): string | undefined {
  return parseUrl(url)?.href
}

export type IssuerRule = keyof typeof issuerRules

/** What a client takes for the issuer that it looked for. */
export const issuerRules = {
  exact: (listed: string, issuer: string) => listed === issuer,
  /** The listed one may end in a slash that the document lacks. */
  'slash-in-list': (listed: string, issuer: string) => listed === issuer || listed === `${issuer}/`,
  /** The document may have a slash behind an origin. */
  'slash-at-root': (listed: string, issuer: string) => {
    const expected = listed.replace(/\/$/, '')
    return issuer === expected || (expected === origin(listed) && issuer === `${expected}/`)
  },
  'trim-slash': (listed: string, issuer: string) =>
    listed.replace(/\/$/, '') === issuer.replace(/\/$/, ''),
  normalised: (listed: string, issuer: string) => href(listed) === href(issuer),
}

/** Members without which a client does not read server metadata. */
export const schemas = {
  typescript: ['issuer', 'authorization_endpoint', 'token_endpoint', 'response_types_supported'],
  python: ['issuer', 'authorization_endpoint', 'token_endpoint'],
  gemini: ['authorization_endpoint', 'token_endpoint'],
  vscode: ['issuer'],
}

/** And those that it wants in an OpenID document beside. */
export const openid = {
  typescript: ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported'],
  python: [],
  gemini: [],
  vscode: [],
}
