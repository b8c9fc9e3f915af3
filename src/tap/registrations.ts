import { createHash } from 'node:crypto'
import type { StateFile } from '../state.ts'

/** Which relay URIs authorization servers have registered for which clients; outlives the run when there is state. */
export class Registrations {
  readonly #file: StateFile | undefined
  readonly #known: Map<string, readonly string[]>

  constructor(file: StateFile | undefined, known: Readonly<Record<string, readonly string[]>>) {
    this.#file = file
    this.#known = new Map(Object.entries(known))
  }

  get(origin: string, clientId: string): readonly string[] {
    return this.#known.get(keyOf(origin, clientId)) ?? []
  }

  async add(origin: string, clientId: string, relayUris: readonly string[]): Promise<void> {
    const key = keyOf(origin, clientId)
    this.#known.set(key, relayUris)
    await this.#file?.update((state) => ({
      ...state,
      registrations: { ...state.registrations, [key]: relayUris },
    }))
  }
}

/** A client id says who somebody is; the state file only has to recognise it. */
function keyOf(origin: string, clientId: string): string {
  return createHash('sha256').update(`${origin}\n${clientId}`).digest('hex').slice(0, 32)
}
