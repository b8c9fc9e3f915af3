import { objectOf, stringMember } from '../wire/json.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import { Held, Shelf, weightOf } from './shelf.ts'
import { withoutResponse } from '../wire/url.ts'
import type {
  Authorize,
  McpCall,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
} from '../step/step.ts'

const knownLimit = 2000
/** Authorization requests that are kept of one client. */
const requestsKept = 8
/** Of so many clients it is at hand. */
const clientsAtHand = 100
/** So many attempts are at hand: those among which one is looked for, and what they point back to. */
const attemptsAtHand = 250

/**
 * What the whole session has seen of documents and registrations: a client that logs in anew may have kept them from an
 * earlier login, so that the new attempt holds none of its own.
 */
export class Known {
  /** Holds the steps of attempts. */
  readonly attempts = new Shelf(attemptsAtHand)
  readonly #shelf = new Shelf(clientsAtHand)
  readonly #registrations = new BoundedMap<Held<readonly [Registration]>>(knownLimit)
  readonly #sessions = new BoundedMap<Held<readonly [McpCall]>>(knownLimit)
  readonly #servers = new BoundedMap<ServerMetadata>(knownLimit)
  readonly #resources = new BoundedMap<ResourceMetadata>(knownLimit)
  readonly #requests = new BoundedMap<Held<readonly Authorize[]>>(knownLimit)
  #version = 0

  /** Another one whenever something was learned. */
  get version(): number {
    return this.#version
  }

  learn(step: Step): void {
    if (step.kind !== 'mcp' && step.kind !== 'challenge') this.#version += 1
    if (step.kind === 'authorize' && step.clientId !== undefined) {
      const earlier = this.requestsOf(step.clientId).filter(
        ({ exchange }) => exchange.id !== step.exchange.id,
      )
      this.#requests.set(
        step.clientId,
        this.#hold<readonly Authorize[]>([...earlier, step].slice(-requestsKept)),
      )
    }
    if (!step.ok) return
    if (step.kind === 'registration' && step.clientId !== undefined)
      this.#registrations.set(step.clientId, this.#hold<readonly [Registration]>([step]))
    const session = step.kind === 'mcp' ? step.sessionId : undefined
    if (step.kind === 'mcp' && session !== undefined && step.presented !== undefined)
      if (!this.#sessions.has(session)) {
        this.#sessions.set(session, this.#hold<readonly [McpCall]>([step]))
        this.#version += 1
      }
    if (step.kind === 'resource-metadata' && step.target !== undefined)
      this.#resources.set(withoutResponse(step.target), step)
    if (step.kind === 'server-metadata')
      for (const name of ['authorization_endpoint', 'token_endpoint']) {
        const url = stringMember(objectOf(step.document), name)
        if (url !== undefined) this.#servers.set(withoutResponse(url), step)
      }
  }

  /** Packs what nobody asked for lately. */
  tidy(): void {
    this.attempts.tidy()
    this.#shelf.tidy()
  }

  #hold<Steps extends readonly Step[]>(steps: Steps): Held<Steps> {
    return new Held(this.#shelf, steps, weightOf)
  }

  /** The newest authorization requests of a client, whichever attempts they belong to. */
  requestsOf(clientId: string): readonly Authorize[] {
    return this.#requests.get(clientId)?.value ?? []
  }

  registrationOf(clientId: string): Registration | undefined {
    return this.#registrations.get(clientId)?.value[0]
  }

  /** The first call that got through with a token in this MCP session. */
  callOf(sessionId: string): McpCall | undefined {
    return this.#sessions.get(sessionId)?.value[0]
  }

  /** The newest metadata that names one of these endpoints. */
  serverOf(endpoints: readonly string[]): ServerMetadata | undefined {
    return endpoints
      .map((url) => this.#servers.get(withoutResponse(url)))
      .find((step) => step !== undefined)
  }

  /** The newest metadata of the resource at this URL. */
  resourceOf(target: string): ResourceMetadata | undefined {
    return this.#resources.get(withoutResponse(target))
  }
}

/** What other attempts at the same MCP endpoint came to. */
export interface Around {
  /** One of them got through. */
  readonly reached: boolean
  /** One of the same program got through. */
  readonly byProgram: boolean
  /** A later one of the same client got through. */
  readonly repeated: boolean
}
