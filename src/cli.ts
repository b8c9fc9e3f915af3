#!/usr/bin/env node
import type { Context } from './shell/context.ts'
import { elsewhere } from './commands/elsewhere.ts'
import { commandHelp, overview } from './commands/help.ts'
import { type Command, commands } from './commands/table.ts'
import { safeLines } from './core/wire/safe-text.ts'
import { sentence } from './core/verdict/words.ts'
import { UserError, bugIn, partMissing, tooManyFiles } from './errors.ts'
import { exitCodes } from './shell/exit.ts'
import { nearest, parseOptions } from './shell/arguments.ts'
import { print } from './shell/output.ts'
import { version } from './version.ts'

/**
 * Ending in order is given up after so much computing, or so long in all, in milliseconds: a person who asked to leave must
 * not be kept, and on a busy machine nothing may be lost that only takes its time.
 */
const endingLimit = { computing: 5000, inAll: 30_000 }

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf('--')
  const words = split < 0 ? argv : argv.slice(0, split)
  const clientArgs = split < 0 ? undefined : argv.slice(split + 1)
  const { command, rest } = chooseCommand(words)
  if (clientArgs !== undefined && command.name !== '' && command.name !== 'gauntlet')
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
  if (options.has('fix-terminal')) return (await import('./shell/fix-terminal.ts')).fixTerminal()
  if (options.has('list-keys'))
    return printLines((await import('./shell/key-lines.ts')).keyLines(process.env))
  const context = processContext()
  return (await command.load())(context, options, clientArgs)
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
    columns: () => process.stdout.columns ?? 100,
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
      if (context.onSignal === undefined) limitEnding()
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

function limitEnding(): void {
  const began = performance.now()
  const computed = process.cpuUsage()
  const look = () => {
    const { user, system } = process.cpuUsage(computed)
    if (
      user + system < endingLimit.computing * 1000 &&
      performance.now() - began < endingLimit.inAll
    )
      return
    process.stderr.write(
      'authtap: ending took too long and was given up: there is no report, and files may lack their end.\n',
    )
    process.exit(130)
  }
  setInterval(look, 500).unref()
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
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^E[MN]FILE$/.test(code)) return complain(tooManyFiles())
  // What Node says as well where it cannot open one more file to look where a module is.
  if (code === 'ERR_MODULE_NOT_FOUND') return complain(partMissing())
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
