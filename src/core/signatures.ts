import { Classifier } from './step/classify.ts'
import type { Challenge, McpCall, ServerMetadata, Step, TokenCall } from './step/step.ts'
import { BoundedMap } from './wire/bounded-map.ts'
import type { Exchange } from './wire/exchange.ts'
import { type ClientKeys, clientKeys, signerOf } from './step/client-keys.ts'
import { objectOf, readDocument, stringMember } from './wire/json.ts'
import {
  type FetchKeys,
  type KeySet,
  type KeySource,
  KeySets,
  inlineKeys,
} from './wire/key-sets.ts'
import type { Token } from './wire/jwt.ts'
import {
  type Signature,
  type SignatureOutcome,
  assertionPlace,
  clientAssertionPlace,
  issuedPlace,
  presentedPlace,
  proofPlace,
} from './wire/signature.ts'
import { withoutResponse } from './wire/url.ts'
import { checkProof, checkToken, isSigned, keysOf } from './wire/verify.ts'

interface SignatureOptions {
  /** Without it, signatures are checked with keys that are seen. */
  readonly fetch?: FetchKeys | undefined
  /** Is given later versions of exchanges, with what was found in them. */
  readonly found?: (exchanges: readonly Exchange[]) => void
  readonly failed?: (error: unknown) => void
}

/** What an authorization server says of itself that bears on its signatures. */
interface Server extends KeySource {
  readonly issuer: string | undefined
  readonly token: string | undefined
}

/** A token that was seen, by the exchange that showed it first. */
interface Look {
  readonly exchange: string
  readonly at: Signature['at']
  readonly token: Token
  /** The endpoint that issued it; undefined where it was only presented. */
  readonly endpoint: string | undefined
  /** The client that signed it, under the names that its keys may be known by; empty where a server did. */
  readonly signer: readonly string[]
  /** When it was first seen. */
  readonly seen: number
  outcome: SignatureOutcome | undefined
}

const serverLimit = 200
const tokenLimit = 1000
const signatureLimit = 10_000
/** Exchanges are held with their bodies, so few of them are. */
const exchangeLimit = 100
/** Proofs of calls that are not refused: those of one client are all made alike. */
const provenCallLimit = 50

/**
 * Checks the signatures of tokens, assertions and DPoP proofs, as soon as there are keys for them. That takes promises, which the fold
 * has not: what is found is put onto the exchange, and that is given to the fold once more.
 */
export class Signatures {
  readonly #keys: KeySets
  readonly #tell: SignatureOptions['found']
  readonly #failed: SignatureOptions['failed']
  readonly #rounds = new Set<Promise<unknown>>()
  readonly #servers = new BoundedMap<Server>(serverLimit)
  readonly #clients = new BoundedMap<string>(serverLimit)
  readonly #looks = new BoundedMap<Look>(tokenLimit)
  readonly #proofs = new BoundedMap<true>(tokenLimit)
  #provenCalls = 0
  /** What was found, by the ids of exchanges. */
  readonly #signatures = new BoundedMap<readonly Signature[]>(signatureLimit)
  /** The latest version of each exchange in which something is to be found. */
  readonly #exchanges = new BoundedMap<Exchange>(exchangeLimit)
  #found: string[] = []

  constructor({ fetch, found, failed }: SignatureOptions = {}) {
    this.#keys = new KeySets(fetch)
    this.#tell = found
    this.#failed = failed
  }

  /** Looks at a step, or a later version of one. */
  see(step: Step): void {
    const checks = this.#checks(step)
    if (checks.length === 0 && this.#found.length === 0) return
    const round = Promise.all(checks)
      .then(() => this.#tell?.(this.#take()))
      .catch((error: unknown) => this.#failed?.(error))
      .finally(() => this.#rounds.delete(round))
    this.#rounds.add(round)
  }

  /** Something to wait for, while anything is being checked. */
  done(): Promise<unknown> | undefined {
    return this.#rounds.size === 0 ? undefined : Promise.all(this.#rounds)
  }

  /** The exchange with what was found in it. */
  known(exchange: Exchange): Exchange {
    const signatures = this.#signatures.get(exchange.id)
    return signatures === undefined ? exchange : { ...exchange, signatures }
  }

  #take(): Exchange[] {
    const ids = new Set(this.#found)
    this.#found = []
    return [...ids].flatMap((id) => {
      const exchange = this.#exchanges.get(id)
      return exchange === undefined ? [] : [this.known(exchange)]
    })
  }

  #checks(step: Step): Promise<void>[] {
    switch (step.kind) {
      case 'server-metadata':
        return this.#learnServer(step)
      case 'jwks':
        return this.#learnKeys(step)
      case 'client-metadata':
      case 'registration':
        return this.#learnClient(clientKeys(step))
      case 'token':
        return [
          ...this.#look(step, step.accessToken, issuedPlace, step.url),
          ...this.#look(step, step.clientAssertion, clientAssertionPlace, step.url, signerOf(step)),
          ...this.#look(step, step.grantAssertion, assertionPlace, undefined),
          ...this.#lookAtProof(step),
        ]
      case 'mcp':
      case 'challenge':
        return [
          ...this.#look(step, step.presented?.token, presentedPlace, undefined),
          ...this.#lookAtProof(step),
        ]
      default:
        return []
    }
  }

  #learnServer(step: ServerMetadata): Promise<void>[] {
    const document = objectOf(step.document)
    const keys = stringMember(document, 'jwks_uri')
    if (!step.ok || keys === undefined) return []
    const token = stringMember(document, 'token_endpoint')
    const server = { metadata: step.url, issuer: step.issuer, token, keys }
    if (this.#servers.has(step.url)) return []
    this.#servers.set(step.url, server)
    return this.#again(keys)
  }

  #learnKeys({ url, exchange }: Step): Promise<void>[] {
    const { response } = exchange
    const keys = response?.status === 200 ? keysOf(objectOf(readDocument(response))) : undefined
    if (keys === undefined) return []
    this.#keys.learn(url, { keys, at: exchange.endedAt ?? exchange.startedAt })
    return this.#again(url)
  }

  #learnClient(found: ClientKeys | undefined): Promise<void>[] {
    if (found === undefined) return []
    this.#clients.set(found.client, found.url)
    if (found.inline !== undefined) this.#keys.learn(found.url, found.inline)
    return this.#again(found.url)
  }

  /** Checks what waits for these keys, or was not made by an earlier set of them. */
  #again(url: string): Promise<void>[] {
    return [...this.#looks.values()]
      .filter(({ outcome }) => outcome === undefined || outcome === 'unknown-key')
      .filter((look) => withoutResponse(this.#sourceOf(look)?.keys ?? '') === withoutResponse(url))
      .map((look) => this.#check(look))
  }

  #look(
    { exchange }: Step,
    token: Token | undefined,
    at: Signature['at'],
    endpoint: string | undefined,
    signer: readonly string[] = [],
  ): Promise<void>[] {
    if (token === undefined || !isSigned(token)) return []
    const known = this.#looks.get(token.value)
    if (known !== undefined) {
      if (known.exchange === exchange.id) this.#renew(exchange)
      return []
    }
    const seen = exchange.endedAt ?? exchange.startedAt
    const from = { exchange: exchange.id, at, token, endpoint, signer }
    const look: Look = { ...from, seen, outcome: undefined }
    this.#looks.set(token.value, look)
    this.#renew(exchange)
    return signer.length === 0 && this.#sourceOf(look) === undefined ? [] : [this.#check(look)]
  }

  /** A proof is for one request (RFC 9449 §4.2): each is new. */
  #lookAtProof(step: McpCall | Challenge | TokenCall): Promise<void>[] {
    const { exchange, proof } = step
    if (proof === undefined || step.status === undefined || !isSigned(proof)) return []
    const key = `${exchange.id} ${proof.value}`
    if (this.#proofs.has(key)) {
      this.#renew(exchange)
      return []
    }
    if (step.kind === 'mcp' && (this.#provenCalls += 1) > provenCallLimit) return []
    this.#proofs.set(key, true)
    this.#renew(exchange)
    return [
      checkProof(proof.value).then((outcome) => {
        if (outcome !== undefined) this.#put(exchange.id, { at: proofPlace, outcome })
      }),
    ]
  }

  /** A later version knows nothing of what was found in the earlier one. */
  #renew(exchange: Exchange): void {
    this.#exchanges.set(exchange.id, exchange)
    const found = this.#signatures.get(exchange.id)
    if (found !== undefined && found !== exchange.signatures) this.#found.push(exchange.id)
  }

  /** Where the keys of the client stand that signed it, of the server that issued it, or that it names as its issuer. */
  #sourceOf({ token, endpoint, signer }: Look): KeySource | undefined {
    if (signer.length > 0) {
      const keys = signer.map((name) => this.#clients.get(name)).find((url) => url !== undefined)
      // The server that the assertion is for fetches what a client names, so that is what it may reach.
      return keys === undefined ? undefined : { metadata: endpoint!, keys }
    }
    const servers = [...this.#servers.values()]
    const issuer = stringMember(token.claims, 'iss')
    return (
      servers.findLast((server) => endpoint !== undefined && server.token === endpoint) ??
      servers.findLast((server) => issuer !== undefined && server.issuer === issuer)
    )
  }

  async #check(look: Look): Promise<void> {
    const source = this.#sourceOf(look) ?? (await this.#fetchClient(look))
    if (source === undefined) return
    await this.#checkWith(look, this.#keys.get(source.keys), source)
    if (look.outcome !== undefined && look.outcome !== 'unknown-key') return
    const newer = await this.#keys.newer(source, look.seen)
    if (newer !== undefined) await this.#checkWith(look, newer, source)
  }

  /** The metadata document of a client, which mostly its authorization server alone fetches. */
  async #fetchClient({ signer, endpoint }: Look): Promise<KeySource | undefined> {
    const url = signer.find((name) => name.startsWith('https://'))
    if (url === undefined || endpoint === undefined) return undefined
    const document = await this.#keys.document(url, endpoint)
    if (document === undefined) return undefined
    const keys = stringMember(document, 'jwks_uri') ?? url
    const inline = keysOf(inlineKeys(document))
    if (keys === url && inline !== undefined) this.#keys.learn(url, { keys: inline, at: Infinity })
    this.#clients.set(url, keys)
    return { metadata: endpoint, keys }
  }

  async #checkWith(look: Look, set: KeySet | undefined, source: KeySource): Promise<void> {
    if (set === undefined) return
    const outcome = await checkToken(look.token.value, set.keys)
    if (outcome === undefined) return
    look.outcome = outcome
    const ids = set.keys.flatMap((key) => stringMember(key, 'kid') ?? []).slice(0, 20)
    this.#put(look.exchange, {
      at: look.at,
      outcome,
      keys: source.keys,
      ...(outcome === 'unknown-key' ? { ids } : {}),
      ...(outcome === 'unknown-key' && set.at < look.seen ? { older: true as const } : {}),
    })
  }

  #put(id: string, signature: Signature): void {
    const found = this.#signatures.get(id) ?? this.#exchanges.get(id)?.signatures ?? []
    this.#signatures.set(id, [...found.filter(({ at }) => at !== signature.at), signature])
    this.#found.push(id)
  }
}

/** Exchanges that are all there, with what was found of their signatures. */
export async function withSignatures(exchanges: readonly Exchange[]): Promise<Exchange[]> {
  const signatures = new Signatures({
    failed: (error) => {
      throw error
    },
  })
  const classifier = new Classifier([], () => undefined)
  for (const [order, exchange] of exchanges.entries()) {
    signatures.see(classifier.classify(exchange, order))
    await signatures.done()
  }
  return exchanges.map((exchange) => signatures.known(exchange))
}
