import { parseArgs } from 'node:util'
import { UserError } from '../errors.ts'
import { type Flag, type FlagGroup, flags } from '../options.ts'

/** What was given on the command line: flags by name, and the rest in order. */
export class Options {
  readonly positionals: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>
  readonly #allowed: readonly Flag[]

  constructor(
    positionals: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
    allowed: readonly Flag[],
  ) {
    this.positionals = positionals
    this.#values = values
    this.#allowed = allowed
  }

  /** A flag's value, or its default. */
  text(name: string): string | undefined {
    return (
      this.#values.get(name)?.at(-1) ?? this.#allowed.find((flag) => flag.name === name)?.default
    )
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** Whether the flag was given. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** A whole number of at least `least`; undefined when the flag was not given. Throws UserError otherwise. */
  number(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    const range =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new UserError(
        'EUSAGE',
        `--${name} must be a number ${range}, not ${text.trim() === '' ? 'empty' : text}.`,
        `See authtap --help.`,
      )
    return value
  }
}

/**
 * Reads flags and positionals; `--flag=value` and `--flag value` alike. Throws UserError (EUSAGE) for a flag that does
 * not exist here, a value that is missing, or one that is not among the choices.
 */
export function parseOptions(argv: readonly string[], groups: readonly FlagGroup[]): Options {
  const allowed = flags.filter((flag) => groups.includes(flag.group))
  // Not strict: its sentences know neither the nearest flag nor the choices.
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(allowed.map((flag) => [flag.name, shapeOf(flag)])),
    strict: false,
    tokens: true,
  })
  const positionals: string[] = []
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const flag = allowed.find(({ name }) => name === token.name)
    if (flag === undefined) throw unknownFlag(argv[token.index]!.replace(/=.*/s, ''), allowed)
    values.set(flag.name, [...(values.get(flag.name) ?? []), checkedValue(flag, token.value)])
  }
  return new Options(positionals, values, allowed)
}

const shorts: Readonly<Record<string, string>> = { help: 'h', version: 'V' }

function shapeOf({ name, value }: Flag) {
  const short = shorts[name]
  return {
    type: value === undefined ? ('boolean' as const) : ('string' as const),
    ...(short === undefined ? {} : { short }),
  }
}

function checkedValue(flag: Flag, value: string | undefined): string {
  if (flag.value === undefined && value !== undefined)
    throw new UserError('EUSAGE', `--${flag.name} takes no value.`, `Leave out =${value}.`)
  if (flag.value === undefined) return ''
  if (value === undefined)
    throw new UserError(
      'EUSAGE',
      `--${flag.name} needs a value, as in --${flag.name} ${flag.value}.`,
      'See authtap --help.',
    )
  if (flag.choices !== undefined && !flag.choices.includes(value))
    throw new UserError(
      'EUSAGE',
      `--${flag.name} cannot be ${value}.`,
      flag.gone?.[value] ?? `Give one of ${flag.choices.join(', ')}.`,
    )
  return value
}

function unknownFlag(word: string, allowed: readonly Flag[]): UserError {
  const elsewhere = flags.find((flag) => `--${flag.name}` === word)
  if (elsewhere !== undefined)
    return new UserError('EUSAGE', `This command does not take ${word}.`, 'See authtap --help.')
  const near = nearest(
    word.replace(/^-+/, ''),
    allowed.map((flag) => flag.name),
  )
  return new UserError(
    'EUSAGE',
    `There is no flag ${word}.`,
    near === undefined ? 'See authtap --help.' : `Did you mean --${near}?`,
  )
}

/** The name nearest to what was typed, if it is near at all. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(typed, name) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3))
    ? best.name
    : undefined
}

/** Edit distance (Levenshtein), for words as short as flags. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a.slice(0, 60)].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j += 1)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
