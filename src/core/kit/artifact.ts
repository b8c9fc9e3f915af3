import type { Place } from '../wire/place.ts'
import { quoted } from '../verdict/quote.ts'
import { stringMember } from '../wire/json.ts'
import { audiences } from '../wire/jwt.ts'
import type { Challenge, McpCall, TokenCall } from '../step/step.ts'
import { origin } from '../wire/url.ts'

export interface ProxyArtifact {
  readonly why: string
  /** Where the address stands. */
  readonly at: Place
}

/**
 * What the proxy's own position spoils: signed values that hold the address under which the client knows the server. They
 * cannot be translated, so the upstream refuses them, and neither client nor server is to blame. Undefined when there is none.
 */
export function proxyArtifact(step: McpCall | Challenge | TokenCall): ProxyArtifact | undefined {
  const { via, url } = step.exchange.request
  if (via === undefined) return undefined
  const ours = origin(via)
  const proofUrl = stringMember(step.proof?.claims, 'htu')
  if (proofUrl !== undefined && origin(proofUrl) === ours && origin(url) !== ours)
    return { why: `the DPoP proof is ${signedFor(proofUrl)}`, at: 'request.proof.htu' }
  if (step.kind !== 'token') return undefined
  const places = [
    ['client-assertion', step.clientAssertion],
    ['assertion', step.grantAssertion],
  ] as const
  for (const [place, signed] of places) {
    if (signed === undefined) continue
    const named = { aud: audiences(signed), resource: [stringMember(signed.claims, 'resource')] }
    for (const claim of ['aud', 'resource'] as const) {
      const address = named[claim].find((one) => one !== undefined && isLocalName(one, step))
      if (address !== undefined)
        return { why: `the assertion is ${signedFor(address)}`, at: `request.${place}.${claim}` }
    }
  }
  return undefined
}

function signedFor(address: string): string {
  return `signed for ${quoted(address)}, which is authtap's address`
}

/** One of the names under which the proxy shows itself to this client. */
function isLocalName(url: string, step: TokenCall): boolean {
  const shown = [step.exchange.request.via, ...step.exchange.touched.map(({ client }) => client)]
  return (
    origin(url) !== undefined &&
    shown.some((one) => one !== undefined && origin(one) === origin(url))
  )
}
