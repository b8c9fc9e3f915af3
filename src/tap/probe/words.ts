import { challengeParam, parseChallenges } from '../../core/challenge/challenge.ts'
import { header, headerValues } from '../../core/wire/exchange.ts'
import { isObject, parseJson, stringMember } from '../../core/wire/json.ts'
import { shortened } from '../../core/wire/safe-text.ts'
import { origin } from '../../core/wire/url.ts'
import type { Answer } from './asker.ts'
import { resultOf } from './messages.ts'

/** The exchange that a line rests on. */
export function seen({ exchange }: Answer): { exchange: string } {
  return { exchange: exchange.id }
}

/** A URL without its origin where that is the target's own. */
export function shortUrl(url: string, target: string): string {
  const own = origin(target)
  return own !== undefined && origin(url) === own ? url.slice(url.indexOf('/', 8)) || '/' : url
}

export function listed(names: readonly string[] | undefined): string {
  if (names === undefined || names.length === 0) return 'none listed'
  return shortened(names.join(' '), 120)
}

/** What became of a request, in a few words. */
export function became(answer: Answer): string {
  const { status, failure, headers, text } = answer
  if (status === undefined)
    return failure === undefined
      ? 'no answer'
      : `no answer (${failure.phase} ${failure.code}: ${shortened(failure.message, 100)})`
  const challenges = challenged(answer)
  const isTold = (error: string) => challenges.some((one) => one.endsWith(` ${error}`))
  const errors = oauthError(text).filter((error) => !isTold(error))
  const parts = [String(status), ...challenges, ...errors]
  if (status >= 300 && status < 400)
    parts.push(`to ${header(headers, 'location')?.split('?', 1)[0] ?? 'nowhere'}`)
  if (status < 300 && resultOf(answer) !== undefined) parts.push('answered as MCP')
  return parts.join(' ')
}

function challenged({ headers }: Answer): string[] {
  const { lenient } = parseChallenges(headerValues(headers, 'www-authenticate'))
  return lenient.map((one) => `${one.scheme} ${challengeParam(one, 'error') ?? ''}`.trim())
}

function oauthError(text: string): string[] {
  const body = parseJson(text.slice(0, 10_000))
  const error = isObject(body) ? stringMember(body, 'error') : undefined
  return error === undefined ? [] : [shortened(error, 60)]
}
