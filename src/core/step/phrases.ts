/**
 * What servers say about authorization in words, where no code tells it. Lower case; compared after white space and
 * quotation marks have been made alike.
 */

/** No credential arrived. */
const missing = [
  'missing authorization header',
  'authorization header missing',
  'authorization header is missing',
  'authorization header not found',
  'authorization header was not',
  'authorization header is required',
  'authorization header required',
  'missing required authorization header',
  'no authorization header',
  'missing bearer token',
  'bearer token missing',
  'bearer token is missing',
  'bearer token is required',
  'bearer token required',
  'no bearer token',
  'missing access token',
  'access token missing',
  'access token is missing',
  'access token is required',
  'access token required',
  'no access token',
  'missing token',
  'token missing',
  'token is missing',
  'token is required',
  'token not provided',
  'token was not provided',
  'no token provided',
  'no token was',
  'no token found',
  'authentication token not found',
  'authentication token missing',
  'missing authentication token',
  'no credentials',
  'missing credentials',
  'credentials were not provided',
  'credentials not provided',
  'jwt is missing',
]

/** Nobody is logged in: no credential arrived, or a bad one did. */
const unauthenticated = [
  'unauthorized',
  'unauthorised',
  'unauthenticated',
  'not authenticated',
  'not logged in',
  'authentication required',
  'authentication is required',
  'authentication failed',
  'requires authentication',
  'authorization required',
  'authorization is required',
  'requires authorization',
  'login required',
  'please log in',
  'please sign in',
  'must be logged in',
]

/** A credential arrived and is no good. */
const refused = [
  'token expired',
  'token has expired',
  'token is expired',
  'expired token',
  'invalid token',
  'invalid_token',
  'token is invalid',
  'token invalid',
  'invalid access token',
  'invalid bearer',
  'jwt expired',
  'jwt malformed',
  'invalid signature',
]

/** Servers that say one thing for no credential and for a bad one. */
const either = ['or invalid', 'or expired', 'invalid or', 'expired or', 'and/or']

/** The text says that no credential arrived, and does not say "or a bad one" in the same breath. */
export function saysCredentialMissing(text: string): boolean {
  const words = plain(text)
  return missing.some((phrase) => words.includes(phrase)) && !either.some((o) => words.includes(o))
}

/** The text says that the caller is not authenticated, for whichever reason. */
export function saysUnauthenticated(text: string): boolean {
  const words = plain(text)
  return [missing, unauthenticated, refused].some((list) =>
    list.some((phrase) => words.includes(phrase)),
  )
}

/** The text says that the credential itself is bad. */
export function saysCredentialRefused(text: string): boolean {
  const words = plain(text)
  return refused.some((phrase) => words.includes(phrase))
}

/** The text names the code verifier or PKCE. */
export function saysPkce(text: string): boolean {
  const words = plain(text)
  return ['code_verifier', 'code verifier', 'code-verifier', 'codeverifier', 'pkce'].some((name) =>
    words.includes(name),
  )
}

const audience = [
  'audience',
  '"aud"',
  'aud claim',
  'not bound to this',
  'not issued for this',
  'not intended for',
  'wrong resource',
  'another resource',
  'different resource',
]

/** The text says that a token is for somebody else. */
export function saysAudience(text: string): boolean {
  const words = plain(text)
  return audience.some((phrase) => words.includes(plain(phrase)))
}

/** The `resource` parameter of RFC 8707 by name, so plainly that no page about a lost document says it by chance. */
const resourceParameter = [
  'aadsts9010010',
  'aadsts901002',
  'aadsts500011',
  'invalid_target',
  'parameter resource',
  'parameter: resource',
  'resource indicator',
  'resource parameter',
  'resource request parameter',
]

/** What is said of it where an error is known to be one of OAuth. */
const refusedResource = [
  'invalid resource',
  'not a valid resource',
  'requested resource',
  'resource is not',
  'resource not',
  'resource was not',
  'resource:',
  'service not found',
  'unexpected resource',
  'unknown resource',
  'unrecognized resource',
  'unsupported resource',
]

/** The text is about the `resource` parameter. @param oauth it is the description of an OAuth error, not a page */
export function saysResource(text: string, oauth: boolean): boolean {
  const words = plain(text)
  const phrases = oauth ? [...resourceParameter, ...refusedResource] : resourceParameter
  return phrases.some((phrase) => words.includes(phrase))
}

function plain(text: string): string {
  return text
    .slice(0, 2000)
    .toLowerCase()
    .replaceAll(/[\s"'`*]+/g, ' ')
}
