import { header } from '../wire/exchange.ts'
import type { Step } from './step.ts'

/** The token that a request of any kind carries as `Bearer` or `DPoP` in its Authorization field. */
export function bearerOf({ exchange }: Step): string | undefined {
  const field = header(exchange.request.headers, 'authorization')?.trim() ?? ''
  const space = field.indexOf(' ')
  const scheme = field.slice(0, Math.max(space, 0)).toLowerCase()
  return scheme === 'bearer' || scheme === 'dpop' ? field.slice(space).trim() : undefined
}
