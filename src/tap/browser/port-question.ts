import type { Headers } from '../../core/wire/exchange.ts'
import { FormText } from '../identity/form-text.ts'
import type { Transaction } from '../identity/transactions.ts'
import { toPairs } from '../wire/headers.ts'
import type { FlatHeaders, Transport } from '../wire/transport.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/** An authorization request that went to a server with a port of ours that nobody has registered. */
export interface Guess {
  readonly transaction: Transaction
  /** Path and query, as the server got them. */
  readonly target: string
  /** The browser's. */
  readonly headers: Headers
}

export type PortAnswer =
  | { readonly takes: 'any' | 'unclear' }
  /** @param seen what the server answered, as a sentence */
  | { readonly takes: 'exact'; readonly seen: string }

interface Answer {
  readonly status: number
  readonly location: string | undefined
}

/** In milliseconds: a browser may be waiting. */
const patience = 5000

/** Says nothing about the request: the server is busy, or something in front of it is. */
const passing = new Set([408, 429, 502, 503, 504])

/**
 * Asks an authorization server about our port in the way that it cannot but answer at once: with `prompt=none` (OpenID
 * Connect Core §3.1.2.1), without the browser's cookies, so without a user and without a code for anybody. A redirect URI
 * that is not registered is answered with an error page and no redirect (RFC 6749 §4.1.2.1). Only the difference to the
 * client's own redirect URI, everything else equal, proves anything.
 */
export async function askAboutPort(transport: Transport, guess: Guess): Promise<PortAnswer> {
  const { relayUri, redirectUri, origin } = guess.transaction
  const toOurs = await ask(transport, guess, relayUri)
  if (toOurs === undefined) return { takes: 'unclear' }
  if (sendsBackTo(relayUri, toOurs, origin)) return { takes: 'any' }
  const toOwn = await ask(transport, guess, redirectUri)
  if (toOwn === undefined) return { takes: 'unclear' }
  const refused = toOurs.status >= 400 && !passing.has(toOurs.status) && toOwn.status < 400
  if (refused || sendsBackTo(redirectUri, toOwn, origin)) {
    const seen = `authtap asked it about both, without a user: it answered ${toOurs.status} to the first and ${toOwn.status} to the second.`
    return { takes: 'exact', seen }
  }
  return { takes: isSamePage(toOurs, toOwn, origin) ? 'any' : 'unclear' }
}

function ask(
  transport: Transport,
  { transaction, target, headers }: Guess,
  redirectUri: string,
): Promise<Answer | undefined> {
  const [path = '', ...query] = target.split('?')
  const form = new FormText(query.join('?'))
  form.change('redirect_uri', () => redirectUri)
  if (form.has('prompt')) form.change('prompt', () => 'none')
  else form.append('prompt', 'none')
  const kept = headers.filter(([name]) => /^(?:user-agent|accept|accept-language)$/i.test(name))
  const outgoing = {
    origin: transaction.origin,
    method: 'GET',
    path: `${path}?${form.toString()}`,
    headers: kept.flat(),
    body: undefined,
    length: undefined,
  }
  let stop = ignore
  const answered = new Promise<Answer | undefined>((resolve) => {
    const flight = transport.send(outgoing, {
      sent: ignore,
      interim: ignore,
      head: (status, _text, fields) => resolve({ status, location: locationIn(fields) }),
      data: ignore,
      end: ignore,
      failed: () => resolve(undefined),
    })
    const timer = setTimeout(() => resolve(undefined), patience)
    timer.unref()
    // What the page says is of no interest.
    stop = () => {
      clearTimeout(timer)
      flight.abort()
    }
  })
  return answered.finally(() => stop())
}

function ignore(): void {}

function locationIn(fields: FlatHeaders): string | undefined {
  return toPairs(fields).find(([name]) => name.toLowerCase() === 'location')?.[1]
}

function sendsBackTo(redirectUri: string, answer: Answer, origin: string): boolean {
  const goal = placeOf(answer, origin)
  return goal !== undefined && goal === bare(redirectUri, origin)
}

/** Both are sent to log in, or shown the same kind of page: the server minds neither. */
function isSamePage(one: Answer, other: Answer, origin: string): boolean {
  if (one.status >= 400 || one.status !== other.status) return false
  return placeOf(one, origin) === placeOf(other, origin)
}

function placeOf({ status, location }: Answer, origin: string): string | undefined {
  return status >= 300 && status <= 399 && location !== undefined
    ? bare(location, origin)
    : undefined
}

function bare(url: string, origin: string): string | undefined {
  const parsed = parseUrl(url, origin)
  return parsed && `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}
