import type { Flow } from '../flow/flow.ts'
import type { ServerMetadata, StepOf } from '../step/step.ts'
import {
  type JsonObject,
  member,
  objectOf,
  readDocument,
  stringMember,
  stringsMember,
} from '../wire/json.ts'

/** A client id that is the URL of a client metadata document. */
export function isDocumentId(clientId: string | undefined): clientId is string {
  return clientId?.startsWith('https://') === true
}

/** The server says that it takes client metadata documents. */
export function takesClientDocuments(metadata: ServerMetadata | undefined): boolean {
  const document = metadata && objectOf(metadata.document)
  return member(document, 'client_id_metadata_document_supported') === true
}

/** The document of a client, where its fetch was seen: client id URLs are compared as they are written. */
export function clientDocument(
  clientId: string,
  flow: Flow,
): { step: StepOf<'client-metadata'>; content: JsonObject } | undefined {
  const step = flow.of('client-metadata').findLast(({ url }) => url === clientId)
  const content = step && objectOf(readDocument(step.exchange.response))
  return step === undefined || content === undefined ? undefined : { step, content }
}

/** The ways in which a client says it authenticates: one, or the list that SEP-3149 adds. */
export function documentMethods(content: JsonObject): string[] {
  const one = stringMember(content, 'token_endpoint_auth_method')
  const list = stringsMember(content, 'token_endpoint_auth_methods_supported') ?? []
  return [...new Set([...(one === undefined ? [] : [one]), ...list])]
}

/** The client metadata names its public keys (RFC 7591 §2). */
export function hasKeys(content: JsonObject | undefined): boolean {
  return member(content, 'jwks') !== undefined || member(content, 'jwks_uri') !== undefined
}
