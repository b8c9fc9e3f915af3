import type { Flow } from '../flow/flow.ts'
import type { ServerMetadata, TokenCall } from '../step/step.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import { withoutResponse } from '../wire/url.ts'

/** Whether this metadata names a URL as one of its endpoints. */
export function namesEndpoint(metadata: ServerMetadata, url: string): boolean {
  const document = objectOf(metadata.document)
  return Object.keys(document ?? {}).some((name) => {
    const endpoint = name.endsWith('_endpoint') ? stringMember(document, name) : undefined
    return endpoint !== undefined && withoutResponse(endpoint) === withoutResponse(url)
  })
}

/** The metadata that names the endpoint of a token request; undefined where none in sight does. */
export function metadataNaming(step: TokenCall, flow: Flow): ServerMetadata | undefined {
  const naming = flow.of('server-metadata').findLast((one) => namesEndpoint(one, step.url))
  const known = flow.serverMetadata
  return naming ?? (known !== undefined && namesEndpoint(known, step.url) ? known : undefined)
}
