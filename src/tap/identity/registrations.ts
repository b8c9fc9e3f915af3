import { createHash } from 'node:crypto'
import type { Registered, StateFile } from '../../state.ts'

/** What clients have registered at which authorization servers, the relay included; outlives the run when there is state. */
export class Registrations {
  readonly #file: StateFile | undefined
  readonly #known: Map<string, Registered>

  constructor(file: StateFile | undefined, known: Readonly<Record<string, Registered>>) {
    this.#file = file
    this.#known = new Map(Object.entries(known))
  }

  get(origin: string, clientId: string): Registered {
    return this.#known.get(keyOf(origin, clientId)) ?? { own: [], relay: [] }
  }

  async add(origin: string, clientId: string, registered: Registered): Promise<void> {
    const key = keyOf(origin, clientId)
    this.#known.set(key, registered)
    await this.#file?.update((state) => ({
      ...state,
      registrations: { ...state.registrations, [key]: registered },
    }))
  }
}

/** A client id says who somebody is; the state file only has to recognise it. */
function keyOf(origin: string, clientId: string): string {
  return createHash('sha256').update(`${origin}\n${clientId}`).digest('hex').slice(0, 32)
}
