import { revisions } from './core/revision.ts'
import { UserError } from './errors.ts'

/** Which commands take a flag. */
export type FlagGroup = 'general' | 'judging' | 'proxy' | 'client' | 'demo'

export interface Flag {
  readonly name: string
  readonly group: FlagGroup
  /** Placeholder of its value; absent for a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly repeat?: true
  readonly default?: string
  readonly help: string
}

/** Every flag: what it is called, what it takes, what it is when left out, and its line in `--help`. */
export const flags: readonly Flag[] = [
  { name: 'format', group: 'judging', value: 'FORMAT', choices: ['text', 'ndjson', 'json'], default: 'text', help: 'what to print' },
  { name: 'output', group: 'judging', value: 'FILE', help: 'print to a file instead of standard output' },
  { name: 'har', group: 'judging', value: 'FILE', help: 'save the capture as a redacted HAR file' },
  { name: 'rules', group: 'judging', value: 'PATH', repeat: true, help: 'add rules of your own from a file or folder' },
  { name: 'ignore', group: 'judging', value: 'RULE', repeat: true, help: 'do not run this rule; the report says so' },
  {
    name: 'fail-on',
    group: 'judging',
    value: 'LEVEL',
    choices: ['error', 'warning', 'info', 'incomplete', 'never'],
    default: 'error',
    help: 'exit with 1 when a finding is at least this severe',
  },
  {
    name: 'revision',
    group: 'judging',
    value: 'DATE',
    choices: ['auto', ...revisions.slice(1)],
    default: 'auto',
    help: 'judge by this MCP revision instead of detecting it',
  },
  {
    name: 'quiet-period',
    group: 'judging',
    value: 'SECONDS',
    help: 'how long silence lasts before it counts (default: 15 for requests, 60 for a first token use, 300 for a person)',
  },
  { name: 'with-secrets', group: 'judging', help: 'leave secrets readable in files; they are then written for you alone' },
  { name: 'checklist', group: 'judging', help: 'print the 27 items of the checklist as well' },
  { name: 'no-color', group: 'general', help: 'print without colour (also: NO_COLOR)' },
  {
    name: 'log-level',
    group: 'general',
    value: 'LEVEL',
    choices: ['silent', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'warn',
    help: "authtap's own log",
  },
  { name: 'log-file', group: 'general', value: 'FILE', help: 'write the log to a file instead of standard error' },
  { name: 'help', group: 'general', help: 'print help' },
  { name: 'version', group: 'general', help: 'print the version' },
  { name: 'port', group: 'proxy', value: 'N', help: 'port for the server; 0 takes free ports and remembers nothing (default: the remembered one, else 8484)' },
  { name: 'host', group: 'proxy', value: 'ADDRESS', help: 'listen on this address instead of loopback; needs --allow-remote' },
  { name: 'allow-remote', group: 'proxy', help: 'let other machines connect; without it only loopback is listened on' },
  { name: 'allow-origin', group: 'proxy', value: 'ORIGIN', repeat: true, help: 'let web pages of this origin call the proxy' },
  { name: 'ca', group: 'proxy', value: 'FILE', help: 'trust these certificates (PEM) for the upstream too' },
  { name: 'cert', group: 'proxy', value: 'FILE', help: 'client certificate (PEM) for the upstream' },
  { name: 'key', group: 'proxy', value: 'FILE', help: 'key (PEM) of the client certificate' },
  { name: 'insecure', group: 'proxy', help: "accept any certificate of the upstream; never for a server that is not yours" },
  { name: 'also', group: 'proxy', value: 'ORIGIN', repeat: true, help: 'watch this origin as well, such as an identity provider' },
  {
    name: 'relay',
    group: 'proxy',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'let the browser come back through the proxy, so that the authorization response is seen',
  },
  { name: 'dpop', group: 'proxy', value: 'HOW', choices: ['rebind'], help: "sign the client's DPoP proofs anew, with a key of the proxy" },
  { name: 'body-limit', group: 'proxy', value: 'BYTES', default: '1048576', help: 'bytes kept of each body; the rest is passed on' },
  {
    name: 'exit-code',
    group: 'client',
    value: 'WHOSE',
    choices: ['findings', 'client'],
    default: 'findings',
    help: 'exit by the findings, or as the client that was run did',
  },
]

/** What was given on the command line: flags by name, and the rest in order. */
export class Options {
  readonly positionals: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(positionals: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.positionals = positionals
    this.#values = values
  }

  /** A flag's value, or its default. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1) ?? flagNamed(name)?.default
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
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new UserError('EUSAGE', `--${name} ${text} is not a number from ${least} to ${most}.`, `See authtap --help.`)
    return value
  }
}

function flagNamed(name: string): Flag | undefined {
  return flags.find((flag) => flag.name === name)
}

/**
 * Reads flags and positionals; `--flag=value` and `--flag value` alike. Throws UserError (EUSAGE) for a flag that does
 * not exist here, a value that is missing, or one that is not among the choices.
 */
export function parseOptions(argv: readonly string[], groups: readonly FlagGroup[]): Options {
  const allowed = flags.filter((flag) => groups.includes(flag.group))
  const positionals: string[] = []
  const values = new Map<string, string[]>()
  for (let index = 0; index < argv.length; index += 1) {
    const word = aliasOf(argv[index]!)
    if (!word.startsWith('--') || word === '--') {
      if (word.startsWith('-') && word !== '-') throw unknownFlag(word, allowed)
      positionals.push(word)
      continue
    }
    const [name, inline] = splitFlag(word)
    const flag = allowed.find((one) => one.name === name)
    if (flag === undefined) throw unknownFlag(`--${name}`, allowed)
    const value = flag.value === undefined ? switchValue(flag, inline) : (inline ?? argv[(index += 1)])
    values.set(name, [...(values.get(name) ?? []), checkedValue(flag, value)])
  }
  return new Options(positionals, values)
}

function aliasOf(word: string): string {
  return word === '-h' ? '--help' : word === '-V' ? '--version' : word
}

function splitFlag(word: string): [name: string, inline: string | undefined] {
  const equals = word.indexOf('=')
  return equals < 0 ? [word.slice(2), undefined] : [word.slice(2, equals), word.slice(equals + 1)]
}

function switchValue(flag: Flag, inline: string | undefined): string {
  if (inline !== undefined) throw new UserError('EUSAGE', `--${flag.name} takes no value.`, 'Leave out what follows the equals sign.')
  return ''
}

function checkedValue(flag: Flag, value: string | undefined): string {
  if (value === undefined) throw new UserError('EUSAGE', `--${flag.name} needs a value: --${flag.name} ${flag.value}.`, 'See authtap --help.')
  if (flag.choices !== undefined && !flag.choices.includes(value))
    throw new UserError('EUSAGE', `--${flag.name} cannot be ${value}.`, `It is one of ${flag.choices.join(', ')}.`)
  return value
}

function unknownFlag(word: string, allowed: readonly Flag[]): UserError {
  const elsewhere = flags.find((flag) => `--${flag.name}` === word)
  if (elsewhere !== undefined) return new UserError('EUSAGE', `${word} does not go with this command.`, 'See authtap --help.')
  const near = nearest(word.replace(/^-+/, ''), allowed.map((flag) => flag.name))
  return new UserError('EUSAGE', `There is no flag ${word}.`, near === undefined ? 'See authtap --help.' : `Did you mean --${near}?`)
}

/** The name nearest to what was typed, if it is near at all. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(typed, name) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined
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

/** The flags of these groups as lines of help: name and placeholder, what it does, default. */
export function flagHelp(groups: readonly FlagGroup[]): string[] {
  const chosen = flags.filter((flag) => groups.includes(flag.group))
  const heads = chosen.map((flag) => `  --${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`)
  const width = Math.max(...heads.map((head) => head.length)) + 2
  return chosen.flatMap((flag, index) => {
    const more = [
      flag.choices === undefined ? '' : flag.choices.join(', '),
      flag.default === undefined ? '' : `default: ${flag.default}`,
      flag.repeat === true ? 'may be repeated' : '',
    ].filter((part) => part !== '')
    const text = more.length === 0 ? flag.help : `${flag.help} (${more.join('; ')})`
    return wrap(text, 100 - width).map((line, row) => (row === 0 ? heads[index]!.padEnd(width) : ' '.repeat(width)) + line)
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
