import type { JsonObject } from '../../core/wire/json.ts'
import { type Exchange, bodyText } from '../../core/wire/exchange.ts'
import { readToken } from '../../core/wire/jwt.ts'
import type { LabelFacts } from '../../core/wire/label.ts'

/** A token that an exchange carries, as far as it can be read. */
export interface CarriedToken {
  readonly name: string
  readonly label: string
  readonly side: 'request' | 'response'
  readonly length: number
  readonly header?: JsonObject
  readonly claims?: JsonObject
}

const tokenKinds =
  /^(access_token|id_token|refresh_token|assertion|client_assertion|subject_token)$/
const labelPattern = /(?:‹|%E2%80%B9)([a-z_]{1,40})(?::|%3A)([0-9a-f]{16})(?:›|%E2%80%BA)/gi

/** What may be said of the value behind a label. */
export type Facts = (label: string) => LabelFacts | undefined

/** The tokens that an exchange carries, those of the request first. */
export function carriedTokens(exchange: Exchange, facts: Facts): CarriedToken[] {
  return [...carried(exchange, 'request', facts), ...carried(exchange, 'response', facts)]
}

function carried(exchange: Exchange, side: CarriedToken['side'], facts: Facts): CarriedToken[] {
  const message = side === 'request' ? exchange.request : exchange.response
  if (message === undefined) return []
  const text = [
    ...message.headers.map(([, value]) => value),
    ...(side === 'request' ? [exchange.request.url] : []),
    bodyText(message).slice(0, 64 * 1024),
  ].join('\n')
  const found = new Map<string, CarriedToken>()
  for (const [, kind, id] of text.matchAll(labelPattern)) {
    const label = `‹${kind}:${id}›`
    const known = facts(label)
    const isToken = tokenKinds.test(kind!) || known?.claims !== undefined
    if (!isToken || found.has(label)) continue
    found.set(label, { name: kind!, label, side, length: known?.length ?? 0, ...read(known) })
  }
  // With secrets in the clear there are no labels to look up.
  for (const [value] of text.matchAll(/\b[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{8,4000}/g)) {
    const token = readToken(value)
    if (token.format === 'jwt')
      found.set(value, { name: 'token', label: value, side, length: value.length, ...read(token) })
  }
  return [...found.values()]
}

function read(facts: { header?: JsonObject; claims?: JsonObject } | undefined) {
  return {
    ...(facts?.header === undefined ? {} : { header: facts.header }),
    ...(facts?.claims === undefined ? {} : { claims: facts.claims }),
  }
}

/** The text with the values that its labels stand for, as far as they are known. */
export function revealed(text: string, reveal: (label: string) => string | undefined): string {
  return text
    .replaceAll(/‹[a-z0-9_]{1,40}:[0-9a-f]{16}›/g, (label) => reveal(label) ?? label)
    .replaceAll(
      /%E2%80%B9([a-z0-9_]{1,40})%3A([0-9a-f]{16})%E2%80%BA/gi,
      (whole, kind: string, id: string) => {
        const value = reveal(`‹${kind}:${id}›`)
        return value === undefined ? whole : encodeURIComponent(value.toWellFormed())
      },
    )
}
