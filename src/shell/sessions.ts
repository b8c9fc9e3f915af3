import { randomBytes } from 'node:crypto'
import { type Stats, constants } from 'node:fs'
import { access, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options } from './arguments.ts'
import { type Redactor, createRedactor } from '../core/redact/redactor.ts'
import { UserError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { type Sink, redacting } from '../telling.ts'
import { openJournalFile } from '../sink/file/journal.ts'
import { JournalSink, type JournalTrouble } from '../sink/file/journal-sink.ts'
import { defaultStateDir } from '../state.ts'

/** What a session's file name says, and the file system of it. */
export interface SessionFile {
  /** The file's name without its extension. */
  readonly name: string
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** The process that wrote it still runs, or another one with its number. */
  readonly running: boolean
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
}

/** What is kept when old sessions are removed. */
export interface Bounds {
  /** How many sessions. */
  readonly keep: number
  /** Milliseconds since a session was last written. */
  readonly age: number
  /** Bytes of all sessions together. */
  readonly size: number
}

const day = 24 * 60 * 60 * 1000

export const defaultBounds: Bounds = { keep: 50, age: 30 * day, size: 500 * 1024 * 1024 }

interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}

/** The folder of sessions: `--journal DIR`, or `sessions` in the state folder. */
export function sessionsDir({ env, platform }: Surroundings, options: Options): string {
  return options.text('journal') ?? join(defaultStateDir(env, platform), 'sessions')
}

/** UTC time, host and process, so that names sort by time and no two sessions share one. */
const namePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[a-z0-9._-]{1,80}-(\d{1,10})$/

/** The name of a session that begins at `now` (milliseconds since the epoch). */
export function sessionName(target: string, now: number, pid: number): string {
  const time = new Date(now).toISOString().replace(/[-:.]/g, '')
  const host = new URL(target).hostname
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '_')
    .slice(0, 80)
  return `${time}-${host}-${pid}`
}

/** The sessions of a folder, the latest first. A folder that is not there has none; what is no session is passed over. */
export async function listSessions(dir: string): Promise<SessionFile[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UserError(
      'ESESSION',
      `${dir} cannot be read (${error.code}).`,
      'Give another folder with --journal DIR.',
    )
  })
  const sessions = await Promise.all(names.map((name) => sessionFile(dir, name)))
  return sessions
    .filter((session) => session !== undefined)
    .sort((a, b) => b.startedAt - a.startedAt || (a.name < b.name ? 1 : -1))
}

async function sessionFile(dir: string, fileName: string): Promise<SessionFile | undefined> {
  const name = fileName.replace(/\.ndjson$/, '')
  const parts = name === fileName ? null : namePattern.exec(name)
  if (parts === null) return undefined
  const [, year, month, date, hour, minute, second, milliseconds, pid] = parts
  const startedAt = Date.parse(
    `${year}-${month}-${date}T${hour}:${minute}:${second}.${milliseconds}Z`,
  )
  const path = join(dir, fileName)
  const stats: Stats | undefined = await lstat(path).catch(() => undefined)
  if (stats?.isFile() !== true || Number.isNaN(startedAt)) return undefined
  const { size, mtimeMs: modifiedAt } = stats
  return { name, path, startedAt, running: isRunning(Number(pid)), size, modifiedAt }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The files that are meant by the captures on the command line: `@last`, `@2` (the one before the last) and `@<name>` are
 * sessions, anything else is a path as it is. Throws UserError (ECAPTURE) when there is no such session.
 */
export async function capturePaths(
  surroundings: Surroundings,
  options: Options,
): Promise<string[]> {
  const dir = sessionsDir(surroundings, options)
  return Promise.all(
    options.positionals.map(async (path) =>
      path.startsWith('@') ? (await findSession(path, dir)).path : path,
    ),
  )
}

/** The session that a reference names. Throws UserError (ECAPTURE) when there is none. */
export async function findSession(reference: string, dir: string): Promise<SessionFile> {
  const sessions = await listSessions(dir)
  const wanted = reference.replace(/^@/, '')
  const place = wanted === 'last' ? 1 : /^\d{1,6}$/.test(wanted) ? Number(wanted) : undefined
  const found =
    place === undefined ? sessions.find(({ name }) => name === wanted) : sessions[place - 1]
  if (found !== undefined) return found
  throw new UserError(
    'ECAPTURE',
    sessions.length === 0
      ? `There is no session @${wanted}: none is recorded in ${dir}.`
      : `There is no session @${wanted}.`,
    'See authtap sessions.',
  )
}

/** Removes the oldest sessions until the rest is within bounds; never one that still runs. Resolves to what is gone. */
export async function pruneSessions(
  dir: string,
  bounds: Bounds,
  now: number,
): Promise<SessionFile[]> {
  let size = 0
  const surplus = (await listSessions(dir)).filter((session, index) => {
    size += session.size
    const within =
      index < bounds.keep && size <= bounds.size && now - session.modifiedAt <= bounds.age
    if (within || session.running) return false
    size -= session.size
    return true
  })
  const removed = await Promise.all(
    surplus.map(({ path }) =>
      rm(path, { force: true }).then(
        () => true,
        () => false,
      ),
    ),
  )
  return surplus.filter((_, index) => removed[index])
}

/** The session that is about to begin, and the one before it. */
export interface Recording {
  readonly path: string
  readonly earlier: SessionFile | undefined
  sink(redactor: Redactor): Sink
  /** Who is to hear of troubles, also of those that came before. */
  listen(trouble: (trouble: JournalTrouble) => void): void
}

/**
 * Gets a journal ready, and makes room for it. Undefined when none is wanted: `--no-journal`, or `--port 0` without
 * `--journal DIR`. Throws UserError: EUSAGE when the flags contradict each other, EOUTPUT when a folder that was asked for
 * cannot be written.
 */
export async function prepareRecording(
  surroundings: Surroundings,
  options: Options,
  targets: readonly string[],
): Promise<Recording | undefined> {
  const asked = options.text('journal') !== undefined
  if (options.has('no-journal')) {
    if (!asked) return undefined
    throw new UserError(
      'EUSAGE',
      '--journal and --no-journal contradict each other.',
      'Give only one of them.',
    )
  }
  if (!asked && options.number('port', 0, 65_535) === 0) return undefined
  const dir = sessionsDir(surroundings, options)
  const startedAt = Date.now()
  if (asked) await prepareFolder(dir)
  // A folder that the user gave is the user's to keep in order.
  else await pruneSessions(dir, defaultBounds, startedAt).catch(() => [])
  const [earlier] = await listSessions(dir).catch(() => [])
  const path = join(dir, `${sessionName(targets[0]!, startedAt, process.pid)}.ndjson`)
  const troubles: JournalTrouble[] = []
  let told = (trouble: JournalTrouble): void => {
    troubles.push(trouble)
  }
  const journal = (redactor: Redactor) =>
    new JournalSink({
      open: () => openJournalFile(path),
      path,
      redactor,
      targets,
      startedAt,
      trouble: (trouble) => told(trouble),
    })
  return {
    path,
    earlier,
    // `--with-secrets` is about files that were asked for by name. What is kept unasked holds no secret in any case.
    sink: (shared) => {
      if (!options.has('with-secrets')) return journal(shared)
      const own = createRedactor({ key: randomBytes(32) })
      return redacting(journal(own), own)
    },
    listen: (trouble) => {
      told = trouble
      for (const early of troubles.splice(0)) trouble(early)
    },
  }
}

async function prepareFolder(dir: string): Promise<void> {
  try {
    makeFolder(dir)
    await access(dir, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new UserError(
      'EOUTPUT',
      `--journal ${dir} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      'Give another folder.',
    )
  }
}
