import { type FlagGroup, flags } from '../options.ts'
import { version } from '../version.ts'

export interface CommandHelp {
  readonly name: string
  readonly usage: string
  /** A whole line to type. */
  readonly example: string
  readonly summary: string
  readonly details: readonly string[]
  readonly groups: readonly FlagGroup[]
}

/** `authtap --help`: what it is, the commands, every flag with its default, and how it exits. */
export function overview(commands: readonly CommandHelp[]): string[] {
  const width = Math.max(...commands.map(({ usage }) => usage.length)) + 2
  return [
    `authtap ${version}: shows which step of an MCP server's OAuth broke first, whose fault it is, and how to mend it`,
    '',
    'Usage',
    ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}${summary}`),
    '',
    'Verdict and output (proxy, check, demo, analyze, attach)',
    ...flagHelp(['judging', 'watching']),
    '',
    'Rules (proxy, check, demo, analyze, attach, report, redact; --rules also explain, rules)',
    ...flagHelp(['rules', 'deciding']),
    '',
    'Diff',
    ...flagHelp(['diff']),
    '',
    'Report, redact and diff',
    ...flagHelp(['report', 'output']),
    '',
    'Proxy',
    ...flagHelp(['proxy', 'client']),
    '',
    'Change and break on purpose (proxy)',
    ...flagHelp(['intercept']),
    '',
    'Proxy and check',
    ...flagHelp(['upstream']),
    '',
    'Check',
    ...flagHelp(['check']),
    '',
    'Attach',
    ...flagHelp(['attach']),
    '',
    'Sessions',
    ...flagHelp(['sessions', 'prune']),
    '',
    'Everywhere',
    ...flagHelp(['general']),
    '',
    `Example: ${commands[0]!.example}`,
    '',
    ...verdictExits,
    'Diff exits with 1 when the captures differ in something that matters.',
    'Report, redact, explain, rules and sessions exit with 0 when they did their work, whatever they found.',
  ]
}

/** `authtap COMMAND --help`. */
export function commandHelp(
  { usage, example, summary, details, groups }: CommandHelp,
  more: readonly string[] = [],
): string[] {
  return [
    `Usage: ${usage}`,
    '',
    `${summary}.`,
    ...details,
    ...more,
    '',
    `Example: ${example}`,
    '',
    ...flagHelp(groups),
    '',
    ...(groups.includes('judging') ? verdictExits : workExits),
  ]
}

const workExits = [
  'Exit code: 0 it did its work, whatever it found; 2 wrong usage, or input that cannot be read; 70 a bug in authtap;',
  '           128+n ended by signal n',
]

const verdictExits = [
  'Exit code: 0 a client got through; 1 there are findings at or above --fail-on; 2 wrong usage, or input that cannot be read;',
  '           3 the verdict is incomplete, or there was nothing to judge; 4 the proxy could not start, or no upstream answered;',
  '           70 a bug in authtap; 128+n ended by signal n',
]

/** The flags of these groups as lines of help: name and placeholder, what it does, default. */
function flagHelp(groups: readonly FlagGroup[]): string[] {
  const chosen = flags.filter((flag) => groups.includes(flag.group))
  const heads = chosen.map(
    (flag) => `  --${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
  )
  const width = Math.max(...heads.map((head) => head.length)) + 2
  return chosen.flatMap((flag, index) => {
    const more = [
      flag.choices === undefined ? '' : flag.choices.join(', '),
      flag.default === undefined ? '' : `default: ${flag.default}`,
      flag.repeat === true ? 'may be repeated' : '',
    ].filter((part) => part !== '')
    const text = more.length === 0 ? flag.help : `${flag.help} (${more.join('; ')})`
    return wrap(text, 100 - width).map(
      (line, row) => (row === 0 ? heads[index]!.padEnd(width) : ' '.repeat(width)) + line,
    )
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
