import type { Flow } from '../flow/flow.ts'
import type { Fault, Party, Severity } from './report.ts'
import type { Revision } from '../flow/revision.ts'
import type { StepLeg } from '../step/kinds.ts'
import type { Step, StepKind, StepOf } from '../step/step.ts'
import type { Place } from '../wire/place.ts'

export type { Place } from '../wire/place.ts'

/** Something a rule needs to see before it may judge; named in the report when it was not visible. */
export type Leg =
  | StepLeg
  | 'the Authorization header'
  | 'the request body'
  | 'the response body'
  | 'what was removed from this capture'

/** Evidence: where to look, and what is to be said of it. */
export interface Pointer {
  readonly step: Step
  readonly at: Place
  readonly note?: string
}

/** What a rule yields: where to look and what was seen. The engine quotes, redacts and adds identity. */
export interface Draft {
  /** What was seen, with values. */
  readonly message: string
  /** What is false or undefined is left out, so that a pointer may stand behind a condition. */
  readonly evidence: readonly (Pointer | false | undefined)[]
  /**
   * The same in short, for one line: the value that stands at the first place of the evidence, nothing where nothing does,
   * and the one that has to. Without `expected` it is what was found, in a few words.
   */
  readonly found?: string | undefined
  readonly expected?: string | undefined
  readonly variant?: string | undefined
  /** Needed when the rule declares more than one. */
  readonly severity?: Severity | undefined
  readonly fault?: Fault | undefined
  readonly confidence?: 'certain' | 'likely' | undefined
  readonly candidates?: readonly { readonly fault: Party; readonly why: string }[] | undefined
  /** Replaces the rule's remedy where the evidence allows a more precise one. */
  readonly remedy?: string | undefined
  /** Advice that holds for a recognised provider or client only. */
  readonly hint?: string | undefined
}

export interface Blind {
  readonly blind: Leg
}

/** A check ends in `silent` (nothing to look at), in `blind(leg)`, or in nothing: it looked, and that is a pass unless it yielded. */
export type Verdict = 'silent' | Blind | void

export type Check = Generator<Draft, Verdict, void>

export type { Revision } from '../flow/revision.ts'

export interface Example {
  readonly name: string
  /** A transcript: what `curl -v` prints. */
  readonly http: string
  /** The variant, severity or party a bad example must give. */
  readonly expect?: {
    readonly variant?: string
    readonly severity?: Severity
    readonly fault?: Fault
  }
  /** Take the rules for this revision as given instead of detecting it. */
  readonly revision?: Revision
}

/** A checklist item of which only some findings of a rule say that it is untrue: those to which all of this applies. */
export interface Denial<Kind extends StepKind = StepKind> {
  readonly item: string
  readonly variants?: readonly string[]
  readonly faults?: readonly Fault[]
  /** Errors alone. */
  readonly severity?: 'error'
  /** What has to be true of the step that the finding is anchored to. */
  when?(step: StepOf<Kind>, flow: Flow): boolean
}

export interface Rule<Kind extends StepKind = StepKind> {
  /** `category/what-is-wrong`: the path of its file. */
  readonly id: string
  readonly title: string
  /** Severities its findings may have; the first is the default. */
  readonly severity: readonly [Severity, ...Severity[]]
  /** Parties its findings may name; the first is the default. */
  readonly fault: readonly [Fault, ...Fault[]]
  /** `RFC 9728 §3.3`, `MCP 2025-11-25 Authorization Server Location`. */
  readonly spec: readonly string[]
  /** In people's words: which revisions it holds for. */
  readonly revisions: string
  /** Kinds of step without which the rule is blind rather than silent, once a flow got far enough to need it. */
  readonly needs?: readonly StepKind[]
  /** Header fields, lower case, whose absence it judges: blind where a sanitised capture lacks them. */
  readonly reads?: readonly string[]
  /** What breaks and for whom. */
  readonly why: string
  /** An instruction to the party at fault, starting with a verb. */
  readonly remedy: string
  /** Checklist items that its findings say are untrue; a bare name stands for all its errors and warnings. */
  readonly seed?: readonly (string | Denial<Kind>)[]
  /** Rules, or single variants (`rule#variant`), whose findings are consequences of this one's. Without circles. */
  readonly explains?: readonly string[]
  /** The login works all the same: it is the first broken step only where no other error is. */
  readonly weakness?: true
  /** Public reports of this fault in the wild. */
  readonly threads?: readonly string[]
  /**
   * Judges after the others and may ask `flow.causesOf(this)` and `flow.found(rule)`; `last`: after those that do so as well.
   */
  readonly aggregates?: true | 'last'
  /** It judges the answers to what `authtap check` tried on purpose, and nothing that a client did. */
  readonly trials?: true
  readonly on: Kind | readonly Kind[]
  check(step: StepOf<Kind>, flow: Flow): Check
  readonly examples: { readonly good: readonly Example[]; readonly bad: readonly Example[] }
}

/** Types a rule: `step` has the facts of the kinds named in `on`, and no others. */
export function defineRule<const Kind extends StepKind>(rule: Rule<Kind>): Rule<Kind> {
  return rule
}

/** Names nobody: the parties that it may be, each with why. */
export function undetermined(why: Readonly<Partial<Record<Party, string>>>) {
  const parties = Object.keys(why) as Party[]
  return {
    fault: 'undetermined' as const,
    candidates: parties.map((fault) => ({ fault, why: why[fault]! })),
  }
}

/** Ends a check: this part of the traffic was not visible, so nothing is said. */
export function blind(leg: Leg): Blind {
  return { blind: leg }
}
