import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

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
/** A holder that takes longer than this has died: the lock covers one read and one write. */
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
  if (configured !== undefined && configured !== '') return join(configured, 'authtap')
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
    const state = parseState(text)
    if (state !== undefined) return state
    await this.#setAside()
    return emptyState
  }

  /**
   * Reads, changes and writes the state while no other process does. Resolves to the state as it is now on disk, or as it
   * would be when it cannot be written.
   */
  async update(change: (state: State) => State): Promise<State> {
    const unlock = await this.#lock()
    try {
      const before = await this.read()
      const after = change(before)
      if (unlock !== undefined && after !== before) await this.#write(after)
      return after
    } finally {
      await unlock?.()
    }
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
    const text = `the state file ${this.#path} is damaged${kept}; ports are allocated anew`
    this.#trouble({ kind: 'damaged', text })
  }

  async #write(state: State): Promise<void> {
    const draft = `${this.#path}.${process.pid}`
    try {
      await writeFile(draft, `${JSON.stringify({ schema, ...state }, null, 2)}\n`, { mode: 0o600 })
      await rename(draft, this.#path)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      this.#unwritable(error)
    }
  }

  async #lock(): Promise<(() => Promise<void>) | undefined> {
    const path = `${this.#path}.lock`
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 })
      const giveUp = performance.now() + lockPatience
      while (!(await createLock(path))) {
        if (performance.now() > giveUp) throw new Error(`another process holds ${path}`)
        await breakExpired(path)
        await new Promise((resolve) => setTimeout(resolve, lockPause))
      }
      return () => rm(path, { force: true }).catch(() => {})
    } catch (error) {
      this.#unwritable(error)
      return undefined
    }
  }

  #unwritable(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `state cannot be kept in ${this.#dir} (${reason}); ports may be others next time`
    this.#trouble({ kind: 'unwritable', text })
  }
}

async function createLock(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600)
    await handle.writeFile(String(process.pid))
    await handle.close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function breakExpired(path: string): Promise<void> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  if (age > lockExpiry) await rm(path, { force: true }).catch(() => {})
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
