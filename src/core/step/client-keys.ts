import { objectOf, readDocument, stringMember } from '../wire/json.ts'
import { type KeySet, inlineKeys } from '../wire/key-sets.ts'
import { keysOf } from '../wire/verify.ts'
import type { Step, TokenCall } from './step.ts'
import { parseUrl } from '../wire/parse-url.ts'

/** What a client says of the keys that it signs its assertions with (RFC 7591 §2, CIMD §4). */
export interface ClientKeys {
  /** Whose they are: the URL of its metadata document, or its id with the origin of the server that gave it. */
  readonly client: string
  /** Where they stand; with inline keys, where these stand. */
  readonly url: string
  readonly inline: KeySet | undefined
}

/** The keys that a client metadata document or a registration names; undefined for other steps. */
export function clientKeys(step: Step): ClientKeys | undefined {
  if (!step.ok || step.status === 304) return undefined
  const { exchange } = step
  const client =
    step.kind === 'client-metadata'
      ? step.url
      : step.kind === 'registration' && step.clientId !== undefined
        ? registered(step.url, step.clientId)
        : undefined
  if (client === undefined) return undefined
  const document =
    step.kind === 'registration' ? objectOf(step.sent) : objectOf(readDocument(exchange.response))
  const uri = stringMember(document, 'jwks_uri')
  if (uri !== undefined) return { client, url: uri, inline: undefined }
  const keys = keysOf(inlineKeys(document))
  const at = exchange.endedAt ?? exchange.startedAt
  return keys === undefined ? undefined : { client, url: client, inline: { keys, at } }
}

/** Under which names the keys of the client that signed an assertion may be known. */
export function signerOf({ clientAssertion, clientId, url }: TokenCall): string[] {
  const ids = [clientId, stringMember(clientAssertion?.claims, 'sub')]
  const known = ids.filter((id): id is string => id !== undefined)
  return [...new Set(known)].map((id) => (id.startsWith('https://') ? id : registered(url, id)))
}

/** Two servers may give out the same id. */
function registered(url: string, id: string): string {
  return `${parseUrl(url)?.origin ?? url} ${id}`
}
