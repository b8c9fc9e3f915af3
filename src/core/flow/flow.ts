import type { Finding, RegistrationWay } from '../verdict/report.ts'
import { type Redeemed, redeemedBy } from './redeemed.ts'
import { KeptSteps } from './kept-steps.ts'
import type { Around, Known } from './known.ts'
import type { Exchange } from '../wire/exchange.ts'
import { Silence, type Timers } from './timers.ts'
import { type Revision, RevisionEvidence } from './revision.ts'
import type {
  Authorize,
  AuthorizationResponse,
  Presented,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
  StepKind,
  StepOf,
  TokenCall,
} from '../step/step.ts'
import { Trials } from './trials.ts'
import { covers, withoutResponse } from '../wire/url.ts'
import { objectOf, stringMember } from '../wire/json.ts'

/**
 * One login attempt of one client at one resource. Steps are kept in the order in which they began; ordinary MCP calls beyond
 * the first of their sort are only counted, so that a long session stays small.
 */
export class Flow {
  readonly id: string
  readonly timers: Timers
  readonly revision: RevisionEvidence
  /** What `authtap check` tried beside this attempt; none of it is among the steps. */
  readonly trials = new Trials()
  /** The attempt before it of the same program or client, that had a token; undefined when none was seen. */
  follows: Flow | undefined
  /** What other attempts came to. */
  around: Around = { reached: false, byProgram: false, repeated: false }
  readonly #known: Known
  readonly #kept: KeptSteps
  readonly #silence: Silence
  #findings: readonly Finding[] = []
  #causes: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #weaknesses: ReadonlySet<string> = new Set()

  constructor(id: string, timers: Timers, forced: Revision | undefined, known: Known) {
    this.id = id
    this.#known = known
    this.#kept = new KeptSteps(known.attempts)
    this.timers = timers
    this.#silence = new Silence(timers)
    this.revision = new RevisionEvidence(forced)
  }

  /** All steps that are kept, oldest first. */
  get steps(): readonly Step[] {
    return this.#kept.steps
  }

  /** MCP calls seen, kept or not. */
  get calls(): number {
    return this.#kept.calls
  }

  /** Nothing more will come: quiet for long enough, end of file, or shutdown. */
  get settled(): boolean {
    return this.#silence.settled
  }

  /** All that was placed here turned out to belong to other flows. */
  get isEmpty(): boolean {
    return this.#kept.size === 0 && this.#kept.calls === 0
  }

  /** When something happened last, in milliseconds since the epoch. */
  get lastActivity(): number {
    return this.#silence.since
  }

  /** @internal Counts a call in which rules see nothing that they have not seen. */
  count(exchange: Exchange): void {
    this.#silence.break(exchange)
    this.#kept.count()
  }

  /** @internal Takes a step in, or a later version of one (`again`). Returns whether rules may see a difference. */
  add(step: Step, again: boolean): boolean {
    if (this.trials.has(step)) return true
    this.#silence.break(step.exchange)
    const learned = this.revision.observe(step)
    return (again ? this.#kept.replace(step) : this.#kept.add(step, this.#isEvidence)) || learned
  }

  /** @internal Takes a step out that turned out to belong to another flow. */
  remove(step: Step): void {
    this.#kept.remove(step)
  }

  readonly #isEvidence = ({ exchange }: Step): boolean =>
    this.#findings.some(({ evidence }) => evidence.some((one) => one.exchange === exchange.id))

  /** @internal Moves the flow's clock; silence is measured against it. */
  advance(now: number): void {
    this.#silence.advance(now)
  }

  /** @internal Nothing more will come. */
  settle(): void {
    this.#silence.settle()
  }

  /** Whether nothing has happened in this flow for as long as this sort of successor may take. */
  waited(timer: keyof Timers): boolean {
    return this.#silence.waited(timer)
  }

  /** Which sorts of successor it has waited for in vain; rules judge anew when that changes. */
  get silence(): string {
    const timers = ['backChannel', 'firstUse', 'user'] as const
    return timers.filter((timer) => this.waited(timer)).join(' ')
  }

  /** Steps of these kinds, oldest first. */
  of<const Kind extends StepKind>(...kinds: Kind[]): StepOf<Kind>[] {
    return this.#kept.of(kinds)
  }

  /** The latest step of these kinds. */
  last<const Kind extends StepKind>(...kinds: Kind[]): StepOf<Kind> | undefined {
    return this.of(...kinds).at(-1)
  }

  /** Steps of these kinds that began after this one. */
  after<const Kind extends StepKind>(step: Step, ...kinds: Kind[]): StepOf<Kind>[] {
    return this.of(...kinds).filter((other) => other.order > step.order)
  }

  /** Steps of these kinds that began before this one. */
  before<const Kind extends StepKind>(step: Step, ...kinds: Kind[]): StepOf<Kind>[] {
    return this.of(...kinds).filter((other) => other.order < step.order)
  }

  /** Calls to the MCP endpoint, refused or not. */
  get mcpCalls(): StepOf<'mcp' | 'challenge'>[] {
    return this.of('mcp', 'challenge')
  }

  /** The URL the client connects to: the first MCP endpoint called. */
  get target(): string | undefined {
    return this.mcpCalls[0]?.target
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
    return (
      this.of('server-metadata').findLast((step) => step.ok) ??
      this.#known.serverOf(this.of('authorize', 'token').map(({ url }) => url))
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
    return (
      this.last('authorize')?.clientId ??
      this.last('token')?.clientId ??
      this.of('registration').findLast((step) => step.ok)?.clientId
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

  /** Findings of another rule, for rules that aggregate: all of the flow, or those that rest on one of these steps. */
  found(rule: string, ...at: Step[]): Finding[] {
    const ids = at.map(({ exchange }) => exchange.id)
    return this.#findings.filter(
      (finding) =>
        finding.rule === rule &&
        (ids.length === 0 || finding.evidence.some(({ exchange }) => ids.includes(exchange))),
    )
  }

  /**
   * Findings of the rules that explain this one, for rules that aggregate, errors first, and weaknesses behind what breaks a
   * login: all of the flow, or those that rest on one of these steps.
   */
  causesOf(rule: { readonly id: string }, ...at: Step[]): Finding[] {
    const causes = [...(this.#causes.get(rule.id) ?? [])].flatMap((id) => this.found(id, ...at))
    const rank = (one: Finding) => (one.severity !== 'error' ? 2 : this.isWeakness(one) ? 1 : 0)
    return causes.sort((a, b) => rank(a) - rank(b))
  }

  /** What other rules found in this flow; those that do not aggregate see nothing. */
  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** Whether no login breaks by a finding, as its rule says. */
  readonly isWeakness = ({ rule }: Finding): boolean => this.#weaknesses.has(rule)

  /** @internal Is told what was found in this flow so far, which rules explain each rule, and which find weaknesses. */
  know(findings: readonly Finding[], causes = this.#causes, weaknesses = this.#weaknesses): void {
    this.#findings = findings
    this.#causes = causes
    this.#weaknesses = weaknesses
  }
}
