#!/usr/bin/env node
import type { Context } from './shell/context.ts'
import { elsewhere } from './commands/elsewhere.ts'
import { type CommandHelp, commandHelp, overview } from './commands/help.ts'
import { safeLines } from './core/wire/safe-text.ts'
import { sentence } from './core/verdict/words.ts'
import { UserError, bugIn, tooManyFiles } from './errors.ts'
import { exitCodes } from './shell/exit.ts'
import { type Options, nearest, parseOptions } from './shell/arguments.ts'
import { print } from './shell/output.ts'
import type { FlagGroup } from './options.ts'
import { version } from './version.ts'

type Run = (
  context: Context,
  options: Options,
  clientArgs: readonly string[] | undefined,
) => Promise<number>

interface Command extends CommandHelp {
  /** Only what is asked for is loaded: what the others need would take longer than most of them. */
  load(): Promise<Run>
  /** Lines of its help that have to be made. */
  more?(): Promise<readonly string[]>
}

const judging: readonly FlagGroup[] = ['judging', 'rules', 'deciding', 'watching', 'general']

const commands: readonly Command[] = [
  {
    name: '',
    usage: 'authtap MCP-URL… [-- CLIENT ARGS…]',
    example: 'authtap https://mcp.example.com/mcp',
    summary: 'stand between a client and an MCP server, and say live what breaks',
    details: [
      '',
      'Point the client at the URL that authtap prints. What follows -- is the command of a client: authtap starts it, puts',
      'that URL in place of {url} and into AUTHTAP_URL, leaves it standard input and output, and ends when it ends.',
    ],
    groups: ['proxy', 'intercept', 'upstream', 'client', 'sessions', ...judging],
    load: async () => (await import('./commands/proxy.ts')).proxy,
  },
  {
    name: 'check',
    usage: 'authtap check MCP-URL…',
    example: 'authtap check https://mcp.example.com/mcp',
    summary: 'look at a server as a client would, without one, and say what breaks',
    details: [
      '',
      'It asks for what a client asks for before it logs in, and for some things that are wrong on purpose: at most 30 requests',
      'a server. It sends no token that anybody issued, registers nothing and changes nothing. Several URLs give a table.',
      'Where nothing is wrong the verdict is incomplete (exit code 3), because nobody logged in. With --login or',
      '--client-credentials somebody does: then 0 means that all of it works. Tokens stay in memory and are revoked at the end.',
    ],
    groups: ['check', 'upstream', ...judging],
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'analyze',
    usage: 'authtap analyze FILE…',
    example: 'authtap analyze login.har --format text',
    summary: 'judge HAR files or transcripts as one session; - is standard input',
    details: [
      '',
      'On a terminal it opens the same view as the proxy and prints the verdict when you quit; --format text prints it at once.',
      '@last is the latest recorded session, @2 the one before; see authtap sessions.',
    ],
    groups: ['sessions', ...judging],
    load: async () => (await import('./commands/analyze.ts')).analyze,
  },
  {
    name: 'sessions',
    usage: 'authtap sessions [list | show @NAME | prune]',
    example: 'authtap sessions prune --keep 10',
    summary: 'list the recorded sessions, show one, or remove old ones',
    details: [
      '',
      'Each start of the proxy removes old sessions. It keeps the newest 50, none older than 30 days, 500 MB in all.',
      'authtap analyze @last judges the latest.',
    ],
    groups: ['sessions', 'prune', 'general'],
    load: async () => (await import('./commands/sessions.ts')).sessions,
  },
  {
    name: 'attach',
    usage: 'authtap attach WS-URL',
    example: 'authtap attach ws://127.0.0.1:8485 --token TOKEN',
    summary: 'watch a proxy that runs elsewhere with --listen',
    details: [
      '',
      'It reconnects by itself. When you end it, it judges and saves what it saw.',
      'For wss:// put a TLS terminator of your own in front of the proxy.',
    ],
    groups: ['attach', ...judging],
    load: async () => (await import('./commands/attach.ts')).attach,
  },
  {
    name: 'report',
    usage: 'authtap report FILE… [--format FORMAT]',
    example: 'authtap report @last --format html --output report.html',
    summary: 'make a report that is safe to share: Markdown, HTML, a diagram, SARIF and more',
    details: [],
    groups: ['report', 'output', 'sessions', 'rules', 'deciding', 'general'],
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'diff',
    usage: 'authtap diff A B',
    example: 'authtap diff works.har fails.har',
    summary: 'compare two captures step by step: what one has and the other lacks',
    details: ['', 'Exit code: 1 when they differ in something that matters, 0 when they do not.'],
    groups: ['diff', 'output', 'sessions', 'general'],
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'redact',
    usage: 'authtap redact FILE [--output FILE]',
    example: 'authtap redact login.har --output safe.har',
    summary: 'make any HAR file safe to share, with the verdict inside',
    details: [],
    groups: ['output', 'rules', 'deciding', 'general'],
    load: async () => (await import('./commands/report.ts')).redact,
  },
  {
    name: 'explain',
    usage: 'authtap explain [RULE | fault/NAME | --kit]',
    example: 'authtap explain audience/aud-mismatch',
    summary: "print a rule's or a fault's page, or with --kit what rules of your own can use",
    details: [],
    groups: ['explain', 'rules', 'general'],
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'rules',
    usage: 'authtap rules [list | test DIR]',
    example: 'authtap rules test ./my-rules',
    summary: 'list the rules, or run the examples in rules of your own',
    details: ['', 'authtap rules test exits with 1 when an example does not hold.'],
    groups: ['rules', 'general'],
    load: async () => (await import('./commands/rules.ts')).rulesCommand,
  },
  {
    name: 'demo',
    usage: 'authtap demo [FAULT]',
    example: 'authtap demo missing-verifier --format text',
    summary: 'watch a login with built-in parties, one of them at fault',
    details: [
      '',
      'Without FAULT it plays wrong-audience and exits with 0. FAULT none plays a healthy login.',
    ],
    more: async () => (await import('./commands/demo.ts')).faultLines(),
    groups: judging,
    load: async () => (await import('./commands/demo.ts')).demo,
  },
]

/** Ending in order is given up after this long, in milliseconds: a person who asked to leave must not be kept. */
const endingLimit = 5000

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf('--')
  const words = split < 0 ? argv : argv.slice(0, split)
  const clientArgs = split < 0 ? undefined : argv.slice(split + 1)
  const { command, rest } = chooseCommand(words)
  if (clientArgs !== undefined && command.name !== '')
    throw new UserError(
      'EUSAGE',
      `authtap ${command.name} starts no client.`,
      'Leave out -- and what follows it.',
    )
  const options = parseOptions(rest, command.groups)
  if (options.has('version')) return printLines([version])
  if (options.has('help'))
    return printLines(
      command.name === '' ? overview(commands) : commandHelp(command, await command.more?.()),
    )
  if (options.has('list-keys'))
    return printLines((await import('./shell/key-lines.ts')).keyLines(process.env))
  const context = processContext()
  const run = await command.load()
  return run(context, options, clientArgs)
}

function chooseCommand(words: readonly string[]): { command: Command; rest: readonly string[] } {
  const [first, ...rest] = words
  const byName = (name: string) => commands.find((command) => command.name === name)!
  if (first === undefined) return { command: byName('demo'), rest: [] }
  if (first === 'help' && rest.length > 0) return helpFor(rest[0]!)
  if (first === 'help') return { command: byName(''), rest: ['--help'] }
  if (/^-[vV]$/.test(first)) return { command: byName(''), rest: ['--version'] }
  const named = commands.find((command) => command.name !== '' && command.name === first)
  if (named !== undefined) return { command: named, rest }
  // A flag of the proxy, or a URL, be it without its scheme.
  if (/^-|^localhost$|[:/.]/.test(first)) return { command: byName(''), rest: words }
  throw noSuchCommand(first)
}

function helpFor(name: string): { command: Command; rest: readonly string[] } {
  const command = commands.find((one) => one.name !== '' && one.name === name)
  if (command === undefined) throw noSuchCommand(name)
  return { command, rest: ['--help'] }
}

function noSuchCommand(name: string): UserError {
  const near = nearest(
    name,
    commands.map((command) => command.name).filter((known) => known !== ''),
  )
  const hint = Object.hasOwn(elsewhere, name)
    ? `${elsewhere[name]}.`
    : near === undefined
      ? 'See authtap --help.'
      : `Did you mean ${near}?`
  return new UserError('EUSAGE', `There is no command ${name}.`, hint)
}

async function printLines(lines: readonly string[]): Promise<number> {
  await print(`${lines.join('\n')}\n`)
  return exitCodes.fine
}

/** What HUP or QUIT ends with, whatever was found. */
let hungUp: number | undefined

/** Signals: the first INT or TERM ends in order (and goes on to a client that runs), the second at once. */
function processContext(): Context {
  let end: (signal: 'SIGINT' | 'SIGTERM') => void
  const context: Context = {
    env: process.env,
    platform: process.platform,
    stdinIsTerminal: process.stdin.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 100,
    ending: new Promise((resolve) => {
      end = resolve
    }),
    onSignal: undefined,
  }
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (ending) process.exit(130)
      ending = true
      if (context.onSignal === undefined) end(signal)
      else context.onSignal(signal)
      if (context.onSignal === undefined) setTimeout(() => process.exit(130), endingLimit).unref()
    })
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGQUIT', 3],
  ] as const)
    process.on(signal, () => {
      if (ending) process.exit(128 + number)
      ending = true
      hungUp = 128 + number
      end('SIGTERM')
    })
  return context
}

function complain(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(
      // It may quote an argument, a file or what a proxy elsewhere sent.
      `authtap: ${safeLines(
        [error.message, error.hint]
          .filter((text) => text !== '')
          .map(whole)
          .join(' '),
      )}\n`,
    )
    return startCodes.has(error.code) ? exitCodes.notStarted : exitCodes.usage
  }
  if (error instanceof Error && 'code' in error && /^E[MN]FILE$/.test(String(error.code)))
    return complain(tooManyFiles())
  process.stderr.write(
    `authtap: this is a bug in authtap (${bugIn(error)}). Please report this line and what you did.\n`,
  )
  return exitCodes.bug
}

/** A sentence from its capital to its full stop. */
function whole(text: string): string {
  return `${sentence(text)}${/[.!?]$/.test(text) ? '' : '.'}`
}

/** What keeps the proxy from starting though it was asked properly. */
const startCodes = new Set(['EPORTTAKEN', 'EPORTDENIED', 'ECLIENT', 'EFILES'])

// Node would open a debugger, to which everything on this machine may talk.
if (process.platform !== 'win32') process.on('SIGUSR1', () => {})

process.on('uncaughtException', (error) => process.exit(complain(error)))
process.on('unhandledRejection', (error) => process.exit(complain(error)))

const code = await main(process.argv.slice(2)).catch(complain)
process.exitCode = hungUp ?? code
// Keep-alive sockets of a client must not keep us.
process.exit()
