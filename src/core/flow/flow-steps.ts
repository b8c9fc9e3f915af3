import type { Finding } from '../verdict/report.ts'
import type { Exchange } from '../wire/exchange.ts'
import { KeptSteps } from './kept-steps.ts'
import type { Around, Known } from './known.ts'
import { type Changes, type Reads, Reading, bitOf, bitsOf } from './reads.ts'
import { type Revision, RevisionEvidence } from './revision.ts'
import { Silence, type Timers } from './timers.ts'
import { stepKinds } from '../step/kinds.ts'
import type { Step, StepKind, StepOf } from '../step/step.ts'
import { Trials } from './trials.ts'

const allKinds = bitsOf(Object.keys(stepKinds) as StepKind[])

/**
 * What happened in a flow, and what was found of it so far. Steps are kept in the order in which they began; ordinary MCP
 * calls beyond the first of their sort are only counted, so that a long session stays small. What a rule reads is noted, so
 * that it is asked again only when that changed.
 */
export class FlowSteps {
  readonly id: string
  readonly timers: Timers
  /** @internal */
  protected readonly reading = new Reading()
  readonly #revision: RevisionEvidence
  readonly #trials = new Trials()
  readonly #kept: KeptSteps
  readonly #silence: Silence
  /** Other parts that changed since the flow was judged last. */
  #changed = 0
  #silent = ''
  #follows: this | undefined
  #around: Around = { reached: false, byProgram: false, repeated: false }
  #findings: readonly Finding[] = []
  #causes: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #weaknesses: ReadonlySet<string> = new Set()

  constructor(id: string, timers: Timers, forced: Revision | undefined, known: Known) {
    this.id = id
    this.#kept = new KeptSteps(known.attempts)
    this.timers = timers
    this.#silence = new Silence(timers)
    this.#revision = new RevisionEvidence(forced)
  }

  get revision(): RevisionEvidence {
    this.reading.note(bitOf('revision'))
    return this.#revision
  }

  /** What `authtap check` tried beside this attempt; none of it is among the steps. */
  get trials(): Trials {
    this.reading.note(bitOf('passing'))
    return this.#trials
  }

  /** The attempt before it of the same program or client, that had a token; undefined when none was seen. */
  get follows(): this | undefined {
    // What is read of that one is not noted.
    this.reading.note(this.#follows === undefined ? bitOf('follows') : bitOf('passing'))
    return this.#follows
  }

  /** @internal */
  set follows(flow: this | undefined) {
    this.#follows = flow
    this.#changed |= bitOf('follows')
  }

  /** What other attempts came to. */
  get around(): Around {
    this.reading.note(bitOf('around'))
    return this.#around
  }

  /** @internal */
  set around(around: Around) {
    this.#around = around
    this.#changed |= bitOf('around')
  }

  /** All steps that are kept, oldest first. */
  get steps(): readonly Step[] {
    this.reading.note(allKinds)
    return this.#kept.steps
  }

  /** MCP calls seen, kept or not. */
  get calls(): number {
    this.reading.note(bitOf('passing'))
    return this.#kept.calls
  }

  /** Nothing more will come: quiet for long enough, end of file, or shutdown. */
  get settled(): boolean {
    this.reading.note(bitOf('silence'))
    return this.#silence.settled
  }

  /** All that was placed here turned out to belong to other flows. */
  get isEmpty(): boolean {
    return this.#kept.size === 0 && this.calls === 0
  }

  /** When something happened last, in milliseconds since the epoch. */
  get lastActivity(): number {
    this.reading.note(bitOf('passing'))
    return this.#silence.since
  }

  /** @internal Counts a call in which rules see nothing that they have not seen. */
  count(exchange: Exchange): void {
    this.#silence.break(exchange)
    this.#kept.count()
  }

  /** @internal Takes a step in, or a later version of one (`again`). Returns whether rules may see a difference. */
  add(step: Step, again: boolean): boolean {
    if (this.#trials.has(step)) return true
    this.#silence.break(step.exchange)
    const learned = this.#revision.observe(step)
    if (learned) this.#changed |= bitOf('revision')
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
    this.reading.note(bitOf('silence'))
    return this.#silence.waited(timer)
  }

  /** Which sorts of successor it has waited for in vain; rules judge anew when that changes. */
  get silence(): string {
    const timers = ['backChannel', 'firstUse', 'user'] as const
    return timers.filter((timer) => this.waited(timer)).join(' ')
  }

  /** Steps of these kinds, oldest first. */
  of<const Kind extends StepKind>(...kinds: Kind[]): StepOf<Kind>[] {
    this.reading.note(bitsOf(kinds))
    return this.#kept.of(kinds)
  }

  /** @internal The same, for what is noted as a whole. */
  protected unnoted<const Kind extends StepKind>(...kinds: Kind[]): StepOf<Kind>[] {
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
    this.reading.note(0, bitsOf(kinds), step.order)
    return this.#kept.of(kinds).filter((other) => other.order < step.order)
  }

  /** Calls to the MCP endpoint, refused or not. */
  get mcpCalls(): StepOf<'mcp' | 'challenge'>[] {
    return this.of('mcp', 'challenge')
  }

  /** Findings of another rule, for rules that aggregate: all of the flow, or those that rest on one of these steps. */
  found(rule: string, ...at: Step[]): Finding[] {
    const ids = at.map(({ exchange }) => exchange.id)
    return this.findings.filter(
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
    this.reading.note(bitOf('findings'))
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

  /** @internal What this comes to, and what is read of this flow for it. */
  readsOf<Value>(act: () => Value): [Value, Reads] {
    return this.reading.during(act)
  }

  /** @internal Notes what was read for what is taken as it was. */
  noteReads({ whole, earlier, until }: Reads): void {
    this.reading.note(whole, earlier, until)
  }

  /** @internal What changed since this was asked last. */
  takeChanges(): Changes {
    const changes = this.#kept.takeChanges()
    const silent = `${this.silence} ${this.settled}`
    if (silent !== this.#silent) this.#changed |= bitOf('silence')
    this.#silent = silent
    changes.parts |= this.#changed | bitOf('passing')
    this.#changed = 0
    return changes
  }
}
