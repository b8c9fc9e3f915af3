import { type WantedChange, parseChange } from '../core/intercept/change.ts'
import type { Fault } from '../core/intercept/fault.ts'
import { Interceptor, type WantedFault, type When } from '../core/intercept/interceptor.ts'
import { Holds } from '../core/intercept/holds.ts'
import { UserError } from '../errors.ts'
import { loadFaults } from '../faults.ts'
import { Desk } from '../tap/desk.ts'
import type { Interception } from '../tap/intercept.ts'
import { type Options, nearest } from './arguments.ts'

/** Holding lasts so long at most, in seconds: a day. */
const longestHold = 86_400

/**
 * What is to be done to messages: what the flags want, and where a person sits at a screen, what she wants while traffic
 * passes. Undefined where nothing can be wanted. Throws UserError (EUSAGE).
 */
export async function interceptionOf(
  options: Options,
  targets: readonly string[],
  hasScreen: boolean,
): Promise<Interception | undefined> {
  const changes = options.list('change').map(readChange)
  const named = options.list('fault')
  const holds = readHolds(options.list('hold'))
  const patience = options.number('hold-for', 1, longestHold)! * 1000
  if (!hasScreen && changes.length === 0 && named.length === 0 && holds.isIdle) return undefined
  const all = named.length === 0 ? [] : await loadFaults()
  const faults = named.map((text) => readFault(text, all))
  return {
    interceptor: new Interceptor(targets, { changes, faults, holds }),
    desk: new Desk(holds, patience),
  }
}

function readHolds(texts: readonly string[]): Holds {
  const holds = new Holds()
  for (const text of texts) {
    const error = holds.add(text)
    if (error !== undefined)
      throw new UserError('EUSAGE', `--hold: ${error}`, 'See the README, "Hold what passes".')
  }
  return holds
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

/** `token/verifier-removed:after 2`. */
function readFault(text: string, all: readonly Fault[]): WantedFault {
  const [name = '', when = 'always'] = text.split(':', 2)
  const fault = all.find(({ id }) => id === name)
  if (fault === undefined) {
    const near = nearest(
      name,
      all.map(({ id }) => id),
    )
    throw new UserError(
      'EUSAGE',
      `--fault ${text}: there is no fault ${name}.`,
      near === undefined ? 'See authtap explain fault.' : `Did you mean ${near}?`,
    )
  }
  return { fault, when: readWhen(text, when.trim()) }
}

function readWhen(text: string, when: string): When {
  const [, after] = /^after (\d{1,6})$/.exec(when) ?? []
  if (after !== undefined) return (count) => count >= Number(after)
  if (when === 'always') return () => true
  if (when === 'once') return (count) => count === 0
  // The first is as it should be, the second is not, and so on.
  if (when === 'half') return (count) => count % 2 === 1
  throw new UserError(
    'EUSAGE',
    `--fault ${text}: it cannot happen ${JSON.stringify(when)}.`,
    'Give once, always, after N or half, as in token/html:once.',
  )
}
