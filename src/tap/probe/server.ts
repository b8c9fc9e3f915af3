import {
  type JsonObject,
  isObject,
  member,
  stringMember,
  stringsMember,
} from '../../core/wire/json.ts'
import type { Asker } from './asker.ts'
import type { FoundServer } from './discovery.ts'
import { documentOf, isWeb, readDocumentAt } from './documents.ts'
import type { Tell } from './look.ts'
import { became, listed, seen, shortUrl } from './words.ts'

const part = 'Authorization server'

/** What the metadata promises to a client, and the keys that it names. */
export async function lookAtServer(
  asker: Asker,
  { document, issuer }: FoundServer,
  target: string,
  tell: Tell,
): Promise<void> {
  const named = stringMember(document, 'issuer')
  const isSame = named === issuer
  tell({
    part,
    mark: isSame ? 'well' : 'plain',
    text: isSame ? `issuer ${issuer}` : `issuer ${named ?? 'not named'}, listed as ${issuer}`,
  })
  const methods = stringsMember(document, 'code_challenge_methods_supported')
  const iss = member(document, 'authorization_response_iss_parameter_supported') === true
  tell({
    part,
    mark: 'plain',
    text: `PKCE ${methods === undefined ? 'not listed' : listed(methods)}; iss in responses ${iss ? 'promised' : 'not promised'}`,
  })
  tell({ part, mark: 'plain', text: `clients register by: ${registrationWays(document)}` })
  const uri = stringMember(document, 'jwks_uri')
  if (uri === undefined || !isWeb(uri)) return
  const answer = await readDocumentAt(asker, uri)
  if (answer === undefined) return
  const keys = member(documentOf(answer), 'keys')
  const are = Array.isArray(keys) ? keysText(keys) : became(answer)
  tell({
    part,
    mark: Array.isArray(keys) ? 'well' : 'plain',
    text: `keys ${shortUrl(uri, target)}: ${are}`,
    ...seen(answer),
  })
}

/** How a client that is not known yet can come by its id. */
function registrationWays(document: JsonObject): string {
  const ways = [
    ...(member(document, 'client_id_metadata_document_supported') === true
      ? ['a client id document']
      : []),
    ...(stringMember(document, 'registration_endpoint') === undefined
      ? []
      : ['dynamic registration']),
  ]
  const auth = listed(stringsMember(document, 'token_endpoint_auth_methods_supported'))
  return `${ways.length === 0 ? 'hand only' : ways.join(', ')}; authentication ${auth}`
}

function keysText(keys: readonly unknown[]): string {
  const algorithms = keys
    .filter(isObject)
    .map((key) => stringMember(key, 'alg') ?? stringMember(key, 'kty') ?? 'unnamed')
  const number = keys.length === 1 ? '1 key' : `${keys.length} keys`
  return algorithms.length === 0 ? number : `${number} (${[...new Set(algorithms)].join(', ')})`
}
