import { objectOf, stringMember } from '../wire/json.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import { withoutResponse } from '../wire/url.ts'
import type {
  Authorize,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
} from '../step/step.ts'

const knownLimit = 2000
/** Authorization requests that are kept of one client. */
const requestsKept = 8

/**
 * What the whole session has seen of documents and registrations: a client that logs in anew may have kept them from an
 * earlier login, so that the new attempt holds none of its own.
 */
export class Known {
  readonly #registrations = new BoundedMap<Registration>(knownLimit)
  readonly #servers = new BoundedMap<ServerMetadata>(knownLimit)
  readonly #resources = new BoundedMap<ResourceMetadata>(knownLimit)

  readonly #requests = new BoundedMap<readonly Authorize[]>(knownLimit)

  learn(step: Step): void {
    if (step.kind === 'authorize' && step.clientId !== undefined) {
      const earlier = this.requestsOf(step.clientId).filter(
        ({ exchange }) => exchange.id !== step.exchange.id,
      )
      this.#requests.set(step.clientId, [...earlier, step].slice(-requestsKept))
    }
    if (!step.ok) return
    if (step.kind === 'registration' && step.clientId !== undefined)
      this.#registrations.set(step.clientId, step)
    if (step.kind === 'resource-metadata' && step.target !== undefined)
      this.#resources.set(withoutResponse(step.target), step)
    if (step.kind === 'server-metadata')
      for (const name of ['authorization_endpoint', 'token_endpoint']) {
        const url = stringMember(objectOf(step.document), name)
        if (url !== undefined) this.#servers.set(withoutResponse(url), step)
      }
  }

  /** The newest authorization requests of a client, whichever attempts they belong to. */
  requestsOf(clientId: string): readonly Authorize[] {
    return this.#requests.get(clientId) ?? []
  }

  registrationOf(clientId: string): Registration | undefined {
    return this.#registrations.get(clientId)
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
