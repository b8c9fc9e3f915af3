import { type WantedChange, parseChange } from '../core/intercept/change.ts'
import type { Fault } from '../core/intercept/fault.ts'
import { Interceptor, type WantedFault, type When } from '../core/intercept/interceptor.ts'
import { UserError } from '../errors.ts'
import { loadFaults } from '../faults.ts'
import { type Options, nearest } from './arguments.ts'

/** What the flags want changed or broken on the way; undefined where they want nothing. Throws UserError (EUSAGE). */
export async function interceptorOf(
  options: Options,
  targets: readonly string[],
): Promise<Interceptor | undefined> {
  const changes = options.list('change').map(readChange)
  const named = options.list('fault')
  if (changes.length === 0 && named.length === 0) return undefined
  const all = named.length === 0 ? [] : await loadFaults()
  return new Interceptor(targets, { changes, faults: named.map((text) => readFault(text, all)) })
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
