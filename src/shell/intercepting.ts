import { type WantedChange, parseChange } from '../core/intercept/change.ts'
import { Interceptor } from '../core/intercept/interceptor.ts'
import { UserError } from '../errors.ts'
import type { Options } from './arguments.ts'

/** What the flags want changed on the way; undefined where they want nothing. Throws UserError (EUSAGE). */
export function interceptorOf(
  options: Options,
  targets: readonly string[],
): Interceptor | undefined {
  const changes = options.list('change').map(readChange)
  return changes.length === 0 ? undefined : new Interceptor(targets, { changes, faults: [] })
}

function readChange(text: string): WantedChange {
  const change = parseChange(text)
  if ('error' in change)
    throw new UserError(
      'EUSAGE',
      `--change: ${change.error}`,
      'See the README, "Change what passes".',
    )
  return change
}
