import type { Options } from '../shell/arguments.ts'
import { safe } from '../core/wire/safe-text.ts'
import { UserError } from '../errors.ts'
import { exitCodes } from '../shell/exit.ts'
import { print } from '../shell/output.ts'
import {
  type SessionFile,
  defaultBounds,
  findSession,
  listSessions,
  pruneSessions,
  sessionsDir,
} from '../shell/sessions.ts'
import { type JournalSummary, summarizeJournal } from '../tap/capture/journal.ts'
import type { Context } from '../shell/context.ts'

/** `authtap sessions [list]` prints a table, `show` one session, `prune` removes old ones. */
export async function sessions(context: Context, options: Options): Promise<number> {
  const [action = 'list', ...rest] = options.positionals
  const dir = sessionsDir(context, options)
  if (action !== 'prune' && options.has('keep'))
    throw new UserError(
      'EUSAGE',
      '--keep goes only with prune.',
      'Use authtap sessions prune --keep N.',
    )
  if (rest.length > (action === 'show' ? 1 : 0))
    throw new UserError('EUSAGE', `authtap sessions ${action} takes no ${rest.at(-1)}.`, '')
  const lines = await linesOf(action, { dir, options, reference: rest[0] ?? '@last' })
  await print(`${lines.join('\n')}\n`)
  return exitCodes.fine
}

interface Request {
  readonly dir: string
  readonly options: Options
  readonly reference: string
}

async function linesOf(action: string, { dir, options, reference }: Request): Promise<string[]> {
  if (action === 'list') return table(dir, await listSessions(dir))
  if (action === 'show') return page(await findSession(reference, dir))
  if (action === 'prune') {
    const keep = options.number('keep', 0) ?? defaultBounds.keep
    const removed = await pruneSessions(dir, { ...defaultBounds, keep }, Date.now())
    return [
      `Removed ${plural(removed.length, 'session')}, ${bytes(removed.reduce((sum, { size }) => sum + size, 0))}.`,
    ]
  }
  throw new UserError('EUSAGE', `authtap sessions has no ${action}.`, 'Use list, show or prune.')
}

const heads = ['', 'name', 'when (UTC)', 'for', 'exchanges', 'verdict', 'size']

async function table(dir: string, all: readonly SessionFile[]): Promise<string[]> {
  if (all.length === 0) return [`No session is recorded in ${safe(dir)}.`]
  const rows = [heads]
  // One after the other: a journal may be large, and there may be many.
  for (const [index, session] of all.entries())
    rows.push(row(index, session, await summary(session)))
  const widths = heads.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return [
    ...rows.map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    ),
    '',
    'authtap analyze @last judges the latest, @2 the one before, @NAME any other.',
  ]
}

function row(index: number, session: SessionFile, about: JournalSummary | undefined): string[] {
  return [
    index === 0 ? '@last' : `@${index + 1}`,
    session.name,
    when(session),
    safe(about?.targets.join(' ') ?? ''),
    String(about?.exchanges ?? ''),
    verdict(session, about),
    bytes(session.size),
  ]
}

async function page(session: SessionFile): Promise<string[]> {
  const about = await summary(session)
  return [
    `Session    ${session.name}`,
    `File       ${safe(session.path)}`,
    `Started    ${when(session)} UTC`,
    ...(about?.targets ?? []).map((target) => `For        ${safe(target)}`),
    `Exchanges  ${about?.exchanges ?? 'unknown'}`,
    `Verdict    ${verdict(session, about)}`,
    `Size       ${bytes(session.size)}`,
    '',
    `authtap analyze @${session.name}`,
  ]
}

/** Undefined when the file cannot be read, or went away meanwhile. */
function summary({ path }: SessionFile): Promise<JournalSummary | undefined> {
  return summarizeJournal(path).catch(() => undefined)
}

function verdict({ running }: SessionFile, about: JournalSummary | undefined): string {
  if (about === undefined) return 'unreadable'
  return about.verdict === undefined ? (running ? 'running' : 'cut off') : safe(about.verdict)
}

function when({ startedAt }: SessionFile): string {
  return new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function bytes(size: number): string {
  if (size < 1000) return `${size} B`
  const [scale, unit] = size < 1e6 ? [1e3, 'kB'] : [1e6, 'MB']
  return `${(size / scale).toFixed(size / scale < 10 ? 1 : 0)} ${unit}`
}
