import { safe } from '../../core/wire/safe-text.ts'

const labels = /‹([a-z0-9_]{1,40}):[0-9a-f]{16}›/g

/**
 * Kinds of secret that name a variable. A capture from elsewhere may hold labels of any name, and one that is called like
 * a variable of somebody's environment would send its value away.
 */
const kinds = new Set([
  'access_token',
  'refresh_token',
  'id_token',
  'subject_token',
  'registration_access_token',
  'code',
  'code_verifier',
  'device_code',
  'user_code',
  'client_secret',
  'assertion',
  'dpop_proof',
  'request_uri',
  'request_object',
  'state',
  'nonce',
  'session',
])

/** Names of shell variables for labels: the same label has the same variable, a second of its kind a number. */
export class Variables {
  readonly #names = new Map<string, string>()

  of(label: string): string {
    const known = this.#names.get(label)
    if (known !== undefined) return known
    const told = label.slice(1, label.indexOf(':'))
    const kind = kinds.has(told) ? told.toUpperCase() : 'SECRET_VALUE'
    const taken = new Set(this.#names.values())
    let name = kind
    for (let number = 2; taken.has(name); number += 1) name = `${kind}_${number}`
    this.#names.set(label, name)
    return name
  }
}

/** Text as one word for a POSIX shell; labels in it become variables. `used` hears of each. */
export function shellWord(
  text: string,
  variables: Variables,
  used: (name: string) => void = () => {},
): string {
  let word = ''
  let from = 0
  for (const match of text.matchAll(labels)) {
    const name = variables.of(match[0])
    used(name)
    word += quoted(text.slice(from, match.index)) + `"$${name}"`
    from = match.index + match[0].length
  }
  const rest = quoted(text.slice(from))
  return word + rest === '' ? "''" : word + rest
}

/** Within single quotes nothing means anything but the single quote itself (POSIX §2.2.2). */
function quoted(text: string): string {
  if (text === '') return ''
  return `'${safe(text).replaceAll("'", `'\\''`)}'`
}

/** Text after `#`: it must not end the line. */
export function comment(text: string): string {
  return `# ${safe(text)}`
}
