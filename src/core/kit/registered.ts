import { type JsonObject, lacks, member } from '../wire/json.ts'

/** Members of a registration that clients read, and what they must be when they are there (RFC 7591 §2, §3.2.1). */
const strings = [
  'client_id',
  'client_secret',
  'client_name',
  'client_uri',
  'logo_uri',
  'scope',
  'tos_uri',
  'policy_uri',
  'jwks_uri',
  'token_endpoint_auth_method',
]
const lists = ['redirect_uris', 'grant_types', 'response_types', 'contacts']

/** An empty one is a text as well: a client that asked for no scope gets its own "" back. */
const mayBeEmpty = new Set(['client_name', 'scope'])

/** Members of a registration response that strict clients reject: empty ones, then those of the wrong type. */
export function unusableMembers(document: JsonObject): string[] {
  const there = (name: string) => {
    const value = member(document, name)
    return value !== undefined && !(value === '' && mayBeEmpty.has(name))
  }
  const empty = [...strings, ...lists].filter((name) => there(name) && lacks(document, name))
  return [
    ...empty.filter((name) => name !== 'client_id'),
    ...strings.filter(
      (name) => !lacks(document, name) && typeof member(document, name) !== 'string',
    ),
    ...lists.filter((name) => !lacks(document, name) && !Array.isArray(member(document, name))),
  ]
}
