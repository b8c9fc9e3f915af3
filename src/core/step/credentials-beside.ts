import type { CredentialBeside } from './step.ts'
import { type Exchange, bodyText, headerValues, mediaType } from '../wire/exchange.ts'
import type { ReadToken } from './read-token.ts'
import { type Params, formType, parseForm, queryParams } from '../wire/params.ts'

/** Names under which tokens are seen to travel, lower case. */
const names = new Set([
  'access_token',
  'accesstoken',
  'api_key',
  'apikey',
  'authorization',
  'bearer',
  'id_token',
  'jwt',
  'token',
])

/** What stands under the name of a credential in the query, the form and the cookies of a call (RFC 6750 §2.2, §2.3). */
export function credentialsBeside({ request }: Exchange, read: ReadToken): CredentialBeside[] {
  const { headers, url } = request
  const cookies = headerValues(headers, 'cookie')
  const isForm = mediaType(headers) === formType
  return [
    ...named('query', queryParams(url), read),
    ...named('form-body', isForm ? parseForm(bodyText(request)) : [], read),
    ...named('cookie', cookies.flatMap(readCookies), read),
  ]
}

function named(
  where: CredentialBeside['where'],
  params: Params,
  read: ReadToken,
): CredentialBeside[] {
  return params
    .filter(([name, value]) => names.has(name.toLowerCase()) && value !== '')
    .map(([name, value]) => ({ where, name, token: read(value) }))
}

/** The pairs of a Cookie field (RFC 6265 §4.2.1). */
function readCookies(field: string): Params {
  return field.split(';').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return equals < 0 ? ['', ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
  })
}
