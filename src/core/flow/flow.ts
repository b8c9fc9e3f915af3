import type { RegistrationWay } from '../verdict/report.ts'
import { type Redeemed, redeemedBy } from './redeemed.ts'
import { FlowSteps } from './flow-steps.ts'
import type { Known } from './known.ts'
import { type Changes, type Part, bitOf } from './reads.ts'
import type { Timers } from './timers.ts'
import type { Revision } from './revision.ts'
import type {
  Authorize,
  AuthorizationResponse,
  Presented,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
  StepOf,
  TokenCall,
} from '../step/step.ts'
import { covers, withoutResponse } from '../wire/url.ts'
import { objectOf, stringMember } from '../wire/json.ts'

/** One login attempt of one client at one resource: what its steps say of it. */
export class Flow extends FlowSteps {
  readonly #session: Known
  /** What these were when the flow was judged last: many ask for them, and they are seldom another. */
  #told: Readonly<Partial<Record<Part, unknown>>> = {}
  #version = -1

  constructor(id: string, timers: Timers, forced: Revision | undefined, known: Known) {
    super(id, timers, forced, known)
    this.#session = known
  }

  /** What the whole session knows. */
  get #known(): Known {
    this.reading.note(bitOf('session'))
    return this.#session
  }

  /** The URL the client connects to: the first MCP endpoint called. */
  get target(): string | undefined {
    this.reading.note(bitOf('target'))
    return this.unnoted('mcp', 'challenge')[0]?.target
  }

  /** The latest resource metadata that is a document and describes the endpoint, of this attempt or an earlier one. */
  get resourceMetadata(): ResourceMetadata | undefined {
    const { target } = this
    const found = this.of('resource-metadata').filter((step) => step.ok)
    return (
      found.findLast(
        (step) =>
          target === undefined || step.resource === undefined || covers(step.resource, target),
      ) ??
      found.at(-1) ??
      (target === undefined ? undefined : this.#known.resourceOf(target))
    )
  }

  /** The resource metadata that describes a URL, whoever read it; undefined where none was seen. */
  resourceMetadataOf(url: string | undefined): ResourceMetadata | undefined {
    return url === undefined ? undefined : this.#known.resourceOf(url)
  }

  /** The latest server metadata that is a document; where this attempt read none, the one that names its endpoints. */
  get serverMetadata(): ServerMetadata | undefined {
    this.reading.note(bitOf('serverMetadata'))
    return (
      this.unnoted('server-metadata').findLast((step) => step.ok) ??
      this.#session.serverOf(this.unnoted('authorize', 'token').map(({ url }) => url))
    )
  }

  /** The metadata of the server that was asked: the one that names this authorization endpoint, else the latest. */
  serverMetadataOf(request: Authorize | undefined): ServerMetadata | undefined {
    const asked = request === undefined ? undefined : withoutResponse(request.url)
    const naming = this.of('server-metadata').findLast((step) => {
      const endpoint = stringMember(objectOf(step.document), 'authorization_endpoint')
      return step.ok && endpoint !== undefined && withoutResponse(endpoint) === asked
    })
    const known = request === undefined ? undefined : this.#known.serverOf([request.url])
    return naming ?? known ?? this.serverMetadata
  }

  /** What the resource calls itself: the published `resource`, else the URL of the endpoint. */
  get resource(): string | undefined {
    return this.resourceMetadata?.resource ?? this.target
  }

  /** The first call that got through with a token in this MCP session, of this attempt or an earlier one. */
  readonly callOf = (sessionId: string) => this.#known.callOf(sessionId)

  /** Identifiers that a token for this resource may carry as its audience. */
  get audiences(): string[] {
    const named = [this.resourceMetadata?.resource, this.target]
    return [...new Set(named.filter((value) => value !== undefined))]
  }

  /** The issuer the client works with: from its metadata, else from the resource metadata's list. */
  get issuer(): string | undefined {
    return this.serverMetadata?.issuer ?? this.resourceMetadata?.authorizationServers[0]
  }

  /** The client id that this attempt goes by. */
  get clientId(): string | undefined {
    this.reading.note(bitOf('clientId'))
    return (
      this.unnoted('authorize').at(-1)?.clientId ??
      this.unnoted('token').at(-1)?.clientId ??
      this.unnoted('registration').findLast((step) => step.ok)?.clientId
    )
  }

  /** How the client came by its id. */
  get registration(): RegistrationWay {
    const id = this.clientId
    if (id === undefined) return this.of('registration').length > 0 ? 'dynamic' : 'unknown'
    if (this.registrationOf(id) !== undefined) return 'dynamic'
    return id.startsWith('https://') ? 'cimd' : 'pre-registered'
  }

  /** The registration of a client, in this attempt or an earlier one that it kept its client id from. */
  registrationOf(clientId: string | undefined): Registration | undefined {
    const own = this.of('registration').findLast((step) => step.ok && step.clientId === clientId)
    return own ?? (clientId === undefined ? undefined : this.#known.registrationOf(clientId))
  }

  /** The token call that issued what a request presents. */
  issuedBy(presented: Presented | undefined): TokenCall | undefined {
    const value = presented?.token.value
    if (value === undefined) return undefined
    return this.of('token').findLast((step) => step.accessToken?.value === value)
  }

  /** Calls that presented the access token of this answer. */
  usesOf(token: TokenCall): StepOf<'mcp' | 'challenge'>[] {
    const value = token.accessToken?.value
    return value === undefined
      ? []
      : this.mcpCalls.filter((call) => call.presented?.token.value === value)
  }

  /** The authorization response that carried this code. */
  responseWith(code: string | undefined): (AuthorizationResponse & { step: Step }) | undefined {
    if (code === undefined || code === '') return undefined
    const callback = this.of('callback').findLast((step) => step.code === code)
    if (callback !== undefined) return { ...callback, step: callback }
    const answered = this.of('authorize').findLast((step) => step.answer?.code === code)
    return answered?.answer === undefined ? undefined : { ...answered.answer, step: answered }
  }

  /** The authorization request behind a code redemption, and how sure that is. */
  authorizationOf(token: TokenCall): Redeemed | undefined {
    return redeemedBy(token, this.before(token, 'authorize'), this.responseWith(token.code))
  }

  /** The newest authorization requests of a client, those of its other login attempts included, oldest first. */
  requestsOf(clientId: string | undefined): readonly Authorize[] {
    return clientId === undefined ? [] : this.#known.requestsOf(clientId)
  }

  /** @internal */
  override takeChanges(): Changes {
    const { target, clientId, serverMetadata } = this
    const told = { target, clientId, serverMetadata }
    const changes = super.takeChanges()
    for (const part of ['target', 'clientId', 'serverMetadata'] as const)
      if (told[part] !== this.#told[part]) changes.parts |= bitOf(part)
    this.#told = told
    if (this.#version !== this.#session.version) changes.parts |= bitOf('session')
    this.#version = this.#session.version
    return changes
  }
}
