import { UserError, tooManyFiles } from '../../errors.ts'
import { emptyState, type State, type StateFile } from '../../state.ts'
import type { Attempt, Listener } from './listener.ts'
import type { Notices } from '../notices.ts'

/** The port that a first proxy gets. */
export const firstPort = 8484
const searchLimit = 1000

export interface PortOptions {
  /** Undefined: nothing is remembered. */
  readonly file: StateFile | undefined
  /** Any free port will do. */
  readonly ephemeral: boolean
  readonly notices: Notices
}

type Table = 'ports' | 'relays'
type Try = (port: number) => Promise<Attempt>

/** Gives each upstream origin its port, the same one in every run. */
export class Ports {
  readonly #options: PortOptions
  /** Origins whose port another process was faster to remember: what belongs to them is remembered by that one. */
  readonly #lost = new Set<string>()

  constructor(options: PortOptions) {
    this.#options = options
  }

  /**
   * Listens on the port of this origin.
   * @param wanted the port that the user asked for; it is this one or none
   */
  async open(table: Table, origin: string, attempt: Try, wanted?: number): Promise<Listener> {
    const { file, ephemeral } = this.#options
    if (ephemeral) return this.#take(await attempt(0), 0)
    if (wanted !== undefined) {
      const listener = this.#take(await attempt(wanted), wanted)
      await this.#remember(table, origin, wanted)
      return listener
    }
    const state = (await file?.read()) ?? emptyState
    const what = table === 'ports' ? origin : `the callback relay for ${origin}`
    const remembered = Object.hasOwn(state[table], origin) ? state[table][origin] : undefined
    if (remembered === undefined) {
      const listener = await this.#search(state, attempt)
      if (!this.#lost.has(origin)) await this.#claim(table, origin, listener.port)
      if (this.#lost.has(origin))
        this.#tellMoved(what, `another authtap took the port of ${what}`, listener.port)
      return listener
    }
    const again = await attempt(remembered)
    if (again.kind === 'listening') return this.#take(again, remembered)
    const listener = await this.#search(state, attempt)
    this.#tellMoved(what, `port ${remembered} of ${what} is in use`, listener.port)
    return listener
  }

  #tellMoved(what: string, why: string, port: number): void {
    const text = `${why}, so this time it is ${port}; a client that stored credentials for the other port has to log in again`
    this.#options.notices.tell('warning', 'port-moved', text, what)
  }

  /** The next port that is free and belongs to nobody else. */
  async #search(state: State, attempt: Try): Promise<Listener> {
    const assigned = new Set([...Object.values(state.ports), ...Object.values(state.relays)])
    for (let port = firstPort; port < firstPort + searchLimit; port++) {
      if (assigned.has(port)) continue
      const tried = await attempt(port)
      if (tried.kind === 'listening') return this.#take(tried, port)
    }
    return this.#take(await attempt(0), 0)
  }

  /** Remembers the port that the user asked for, whatever it was before. */
  async #remember(table: Table, origin: string, port: number): Promise<void> {
    await this.#options.file?.update((state) => withPort(state, table, origin, port))
  }

  /** Remembers a port that was found, unless another process was faster. */
  async #claim(table: Table, origin: string, port: number): Promise<void> {
    const kept = await this.#options.file?.update((state) =>
      Object.hasOwn(state[table], origin) ? state : withPort(state, table, origin, port),
    )
    if (kept !== undefined && kept[table][origin] !== port) this.#lost.add(origin)
  }

  #take(attempt: Attempt, port: number): Listener {
    if (attempt.kind === 'taken')
      throw new UserError(
        'EPORTTAKEN',
        `port ${port} is in use`,
        'give another --port, or leave it out to get a free one',
      )
    if (attempt.kind === 'denied') {
      if (/^E[MN]FILE$/.test(attempt.code)) throw tooManyFiles()
      const where = port === 0 ? 'on that address' : `on port ${port}`
      throw new UserError(
        'EPORTDENIED',
        `authtap cannot listen ${where} (${attempt.code})`,
        'give a --port above 1023 and a --host of this machine',
      )
    }
    for (const address of attempt.missing) {
      const text = `${address} is not available, so a client that resolves localhost to it will not reach authtap`
      this.#options.notices.tell(
        'info',
        address === '::1' ? 'no-ipv6' : 'address-missing',
        text,
        address,
      )
    }
    return attempt.listener
  }
}

function withPort(state: State, table: Table, origin: string, port: number): State {
  return { ...state, [table]: { ...state[table], [origin]: port } }
}
