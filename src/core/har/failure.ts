import type { JsonObject } from '../wire/json.ts'
import type { Failure } from '../wire/exchange.ts'
import { numberOf } from './fields.ts'
import { member, objectMember, stringMember } from '../wire/json.ts'

const phases: readonly Failure['phase'][] = ['dns', 'tcp', 'tls', 'http', 'client-gone']

/** A failure as we recorded it. */
export function ownFailure(facts: JsonObject): Failure | undefined {
  const failure = objectMember(facts, 'failure')
  const phase = phases.find((name) => name === member(failure, 'phase'))
  if (phase === undefined) return undefined
  return {
    phase,
    code: stringMember(failure, 'code') ?? '',
    message: stringMember(failure, 'message') ?? '',
  }
}

/** What another tool says of an exchange that went wrong: `_error` of Chrome and mitmproxy, a status text of Fiddler. */
export function foreignFailure(
  entry: JsonObject,
  response: JsonObject | undefined,
): Failure | undefined {
  const error = stringMember(response, '_error') || stringMember(entry, '_error') || ''
  if (error !== '') return failureOf(error)
  const fiddler = madeUp(response)
  if (fiddler !== undefined) return failureOf(fiddler)
  return (numberOf(member(response, 'status')) ?? 0) === 0
    ? { phase: 'http', code: 'NO-RESPONSE', message: 'the capture holds no response' }
    : undefined
}

/** Fiddler answers in the server's place when it cannot reach it: 502 `Fiddler - Connection Failed`. */
export function madeUp(response: JsonObject | undefined): string | undefined {
  const text = stringMember(response, 'statusText') ?? ''
  return text.startsWith('Fiddler - ') ? text : undefined
}

/** Words of browsers and proxies, and what they tell of where it went wrong; the first that fits counts. */
const signs: readonly (readonly [RegExp, Failure['phase']])[] = [
  [/name_not_resolved|dns|enotfound|eai_again|name or service not known|unknown_host/i, 'dns'],
  [/cert|ssl|tls|handshake/i, 'tls'],
  [/client ?gone|client disconnect|aborted|cancel|blocked_by_client/i, 'client-gone'],
  [/empty_response|incomplete|content_length|http2_protocol|invalid_response|receive/i, 'http'],
  [/refused|reset|timed?[ _-]?out|unreachable|internet_disconnected|connect/i, 'tcp'],
]

function failureOf(error: string): Failure {
  const text = error.slice(0, 2000)
  const code = /\b(?:ERR|NS_ERROR|NS_BINDING)_[A-Z\d_]{2,60}|\bE[A-Z]{4,30}\b/.exec(text)?.[0]
  return {
    phase: signs.find(([sign]) => sign.test(text))?.[1] ?? 'http',
    code: code ?? 'FAILED',
    message: text,
  }
}
