import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, hostname } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { makeFolder } from './folder.ts'
import { replaceFile } from './part-file.ts'

/** What is remembered between runs. Client URLs, issuers and redirect URIs are keys of credentials, so ports must stay. */
export interface State {
  /** Port of each upstream origin. */
  readonly ports: Readonly<Record<string, number>>
  /** Port of the callback relay of each proxy, under the origin of its first target. */
  readonly relays: Readonly<Record<string, number>>
  /** What was registered for a client, under a hash of its authorization server and client id. */
  readonly registrations: Readonly<Record<string, Registered>>
}

/** The redirect URIs of a client that was registered through the proxy. */
export interface Registered {
  readonly own: readonly string[]
  readonly relay: readonly string[]
}

export const emptyState: State = { ports: {}, relays: {}, registrations: {} }

/** Why state could not be read or kept. The caller goes on without. */
export interface StateTrouble {
  readonly kind: 'damaged' | 'unwritable'
  readonly text: string
}

const schema = 'authtap.state/1'
/** A holder that takes longer than this hangs, or died on another machine: the lock covers one read and one write. */
const lockExpiry = 5000
const lockPause = 20
const lockPatience = 2 * lockExpiry
/** State larger than this was not written by us. */
const fileLimit = 4 * 1024 * 1024
const registrationLimit = 500

/** `$XDG_STATE_HOME/authtap`, or the platform's own place. */
export function defaultStateDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const configured = env['XDG_STATE_HOME']
  // The convention has relative ones ignored (XDG Base Directory Specification, Basics).
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'authtap')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'authtap')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'authtap')
  return join(homedir(), '.local', 'state', 'authtap')
}

/** The state file of one folder. Never throws: what cannot be read or kept is told and done without. */
export class StateFile {
  readonly #dir: string
  readonly #path: string
  readonly #trouble: (trouble: StateTrouble) => void

  constructor(dir: string, trouble: (trouble: StateTrouble) => void) {
    this.#dir = dir
    this.#path = join(dir, 'state.json')
    this.#trouble = trouble
  }

  async read(): Promise<State> {
    const text = await this.#text()
    if (text === undefined) return emptyState
    // Who sets a damaged file aside must be alone: another process may have replaced it by a good one meanwhile.
    return parseState(text) ?? this.update((state) => state)
  }

  /**
   * Reads, changes and writes the state while no other process does. Resolves to the state as it is now on disk, or as it
   * would be when it cannot be written.
   */
  async update(change: (state: State) => State): Promise<State> {
    const unlock = await this.#lock()
    try {
      const before = await this.#readAlone()
      const after = change(before)
      if (unlock !== undefined && after !== before) await this.#write(after)
      return after
    } finally {
      await unlock?.()
    }
  }

  async #readAlone(): Promise<State> {
    const text = await this.#text()
    if (text === undefined) return emptyState
    const state = parseState(text)
    if (state !== undefined) return state
    await this.#setAside()
    return emptyState
  }

  async #text(): Promise<string | undefined> {
    try {
      if ((await stat(this.#path)).size > fileLimit) return ''
      return await readFile(this.#path, 'utf8')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') this.#unwritable(error)
      return undefined
    }
  }

  /** Kept for whoever wants to know what happened to it. */
  async #setAside(): Promise<void> {
    const aside = `${this.#path}.damaged`
    const kept = await rename(this.#path, aside).then(
      () => ` and was set aside as ${aside}`,
      () => '',
    )
    const text = `the state file ${this.#path} is damaged${kept}, so servers may get other ports than before`
    this.#trouble({ kind: 'damaged', text })
  }

  async #write(state: State): Promise<void> {
    try {
      await replaceFile(this.#path, 0o600, async ({ file }) => {
        await file.writeFile(`${JSON.stringify({ schema, ...state }, null, 2)}\n`)
        return true
      })
    } catch (error) {
      this.#unwritable(error)
    }
  }

  async #lock(): Promise<(() => Promise<void>) | undefined> {
    const path = `${this.#path}.lock`
    try {
      makeFolder(this.#dir)
      const giveUp = performance.now() + lockPatience
      const mark = `${process.pid} ${hostname()} ${randomUUID()}`
      while (!(await createLock(path, mark))) {
        if (performance.now() > giveUp) throw new Error(`another process holds ${path}`)
        if (!(await breakAbandoned(path)))
          await new Promise((resolve) => setTimeout(resolve, lockPause))
      }
      return () => release(path, mark)
    } catch (error) {
      this.#unwritable(error)
      return undefined
    }
  }

  #unwritable(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `authtap cannot write to ${this.#dir} (${reason}), so servers may get other ports next time`
    this.#trouble({ kind: 'unwritable', text })
  }
}

async function createLock(path: string, mark: string): Promise<boolean> {
  try {
    await writeFile(path, mark, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // A full disk keeps the name and not the mark.
    if ((error as NodeJS.ErrnoException).syscall === 'write')
      await rm(path, { force: true }).catch(() => {})
    throw error
  }
}

/** Whoever took longer than a lock lasts finds the lock of another. */
async function release(path: string, mark: string): Promise<void> {
  if ((await markOf(path)) === mark) await rm(path, { force: true }).catch(() => {})
}

/** Takes away a lock whose holder is dead, or has held it for too long. False when there is none such. */
async function breakAbandoned(path: string): Promise<boolean> {
  const mark = await markOf(path)
  if (mark === undefined || !(isDead(mark) || (await ageOf(path)) > lockExpiry)) return false
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    // Another process was quicker, and this is the lock that it then took: it gets it back.
    if ((await markOf(aside)) !== mark) await link(aside, path)
  } catch {
    // It is gone, or somebody holds the next one.
  }
  await rm(aside, { force: true }).catch(() => {})
  return true
}

async function markOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
}

/** Whether the holder was a process of this machine and is no more. Elsewhere the same number is another process. */
function isDead(mark: string): boolean {
  const [pid, host] = mark.split(' ')
  if (host !== hostname() || !/^[1-9]\d{0,9}$/.test(pid!)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

function parseState(text: string): State | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value) || value['schema'] !== schema) return undefined
  const { ports, relays, registrations } = value
  if (!isRecordOf(ports, isPort) || !isRecordOf(relays, isPort)) return undefined
  if (!isRecordOf(registrations, isRegistered)) return undefined
  const kept = Object.entries(registrations).slice(-registrationLimit)
  return { ports, relays, registrations: Object.fromEntries(kept) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRecordOf<T>(
  value: unknown,
  of: (item: unknown) => item is T,
): value is Record<string, T> {
  return isRecord(value) && Object.values(value).every(of)
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65536
}

function isRegistered(value: unknown): value is Registered {
  return isRecord(value) && isStrings(value['own']) && isStrings(value['relay'])
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}
