import type { Exchange } from '../wire/exchange.ts'
import type { Token } from '../wire/jwt.ts'
import type { Place } from '../wire/place.ts'

/** How a token value is read: a redacted capture knows its labels' facts. */
export type ReadToken = (value: string) => Token

/** A token with what was found of its signature at this place. */
export function withSignature<Given extends Token | undefined>(
  token: Given,
  { signatures }: Exchange,
  at: Place,
): Given {
  const signature = signatures?.find((one) => one.at === at)
  return token === undefined || signature === undefined ? token : { ...token, signature }
}
