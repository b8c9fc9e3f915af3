import { stringMember } from '../wire/json.ts'
import { audiences } from '../wire/jwt.ts'
import type { Challenge, McpCall, TokenCall } from '../step/step.ts'
import { origin } from '../wire/url.ts'

/**
 * What the proxy's own position spoils: signed values that hold the address under which the client knows the server. They
 * cannot be translated, so the upstream refuses them, and neither client nor server is to blame. Undefined when there is none.
 */
export function proxyArtifact(step: McpCall | Challenge | TokenCall): string | undefined {
  const { via, url } = step.exchange.request
  if (via === undefined) return undefined
  const ours = origin(via)
  const proofUrl = stringMember(step.proof?.claims, 'htu')
  if (proofUrl !== undefined && origin(proofUrl) === ours && origin(url) !== ours)
    return `the DPoP proof is signed for ${proofUrl}, which is authtap's address`
  if (step.kind !== 'token') return undefined
  const named = [step.clientAssertion, step.grantAssertion]
    .filter((signed) => signed !== undefined)
    .flatMap((signed) => [...audiences(signed), stringMember(signed.claims, 'resource')])
  const address = named.find((one) => one !== undefined && isLocalName(one, step))
  return address === undefined
    ? undefined
    : `the assertion is signed for ${address}, which is authtap's address`
}

/** One of the names under which the proxy shows itself to this client. */
function isLocalName(url: string, step: TokenCall): boolean {
  const shown = [step.exchange.request.via, ...step.exchange.touched.map(({ client }) => client)]
  return (
    origin(url) !== undefined &&
    shown.some((one) => one !== undefined && origin(one) === origin(url))
  )
}
