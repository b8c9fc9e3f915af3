import { UserError } from '../../errors.ts'
import { type Key, shownKeys } from './keys.ts'

/** A key: one character or a name, with `C-` or `S-` before it where it is pressed with those. */
const keyPattern =
  /^(?:C-S-|C-|S-)?(?:\S|enter|escape|tab|space|backspace|insert|delete|comma|up|down|left|right|home|end|pageup|pagedown|f\d{1,2})$/u

/**
 * The table with the keys as AUTHTAP_KEYS sets them: `pause=P,filter=F,filter=C-f`. What is named gets these keys in place of its own.
 * Throws UserError (EUSAGE) for an action or key that does not exist, and for a key that would have two meanings.
 */
export function keysFrom<A extends Key>(
  text: string | undefined,
  table: readonly A[],
): readonly A[] {
  const wanted = new Map<string, string[]>()
  for (const pair of (text ?? '').split(',').filter((one) => one.trim() !== '')) {
    const { action, key } = readPair(pair.trim(), table)
    wanted.set(action, [...(wanted.get(action) ?? []), key])
  }
  const set = table.map((one) => {
    const keys = wanted.get(one.action)
    return keys === undefined ? one : { ...one, keys, shown: shownKeys(keys) }
  })
  refuseConflicts(set)
  return set
}

function readPair(pair: string, table: readonly Key[]): { action: string; key: string } {
  const equals = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, equals)).trim()
  const key = pair.slice(equals + 1).trim()
  const action = table.find((one) => one.action === name)?.action
  if (equals < 1)
    throw wrong(`${pair} is not an action and a key`, 'Write it as pause=P,filter=C-f.')
  if (!keyPattern.test(key))
    throw wrong(
      `${key || 'nothing'} is not a key`,
      'Keys are P, C-f, f5, escape, pagedown and the like.',
    )
  if (action === undefined) throw wrong(`there is no action ${name}`, 'See authtap --list-keys.')
  // A terminal in raw mode has no other way out that always works.
  if (action === 'quitNow') throw wrong('C-c always quits', 'Leave out quitNow.')
  return { action, key: key === 'comma' ? ',' : key }
}

function refuseConflicts(table: readonly Key[]): void {
  for (const [place, one] of table.entries())
    for (const key of one.keys) {
      const other = table.slice(place + 1).find((two) => two.keys.includes(key) && meet(one, two))
      if (other !== undefined)
        throw wrong(
          `${shownKeys([key])} would mean both ${one.action} and ${other.action}`,
          `Give one of them another key.`,
        )
    }
}

/** Whether two entries work in the same pane. */
function meet({ action, panes }: Key, other: Key): boolean {
  if (action === other.action) return false
  return panes?.some((pane) => other.panes?.includes(pane) ?? true) ?? true
}

function wrong(what: string, hint: string): UserError {
  return new UserError('EUSAGE', `AUTHTAP_KEYS: ${what}.`, hint)
}
