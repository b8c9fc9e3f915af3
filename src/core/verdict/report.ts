import type { StepKind } from '../step/step.ts'
import type { Change } from '../wire/exchange.ts'

export type Party = 'client' | 'resource-server' | 'authorization-server' | 'intermediary'
/** Who has to act. `undetermined` comes with candidates; `authtap` is what the proxy itself caused. */
export type Fault = Party | 'undetermined' | 'authtap'
export type Severity = 'error' | 'warning' | 'info'

/** The five outcomes of a rule. *silent*: nothing to look at. *blind*: the leg it needs was not visible. */
export type Outcome = 'pass' | 'fail' | 'silent' | 'blind' | 'crash'

export interface Evidence {
  readonly exchange: string
  /** `(request|response).(method|url|status|body|header.<name>[n]|query.<k>|form.<k>|json<pointer>|jwt.<claim>)` */
  readonly at: string
  /** What stands there; empty when the evidence is that nothing stands there. */
  readonly text: string
  /** What the client sent or saw there, when the proxy translated it. */
  readonly client?: string
  readonly note?: string
}

export interface Citation {
  readonly ref: string
  readonly url: string
}

export interface Finding {
  readonly id: string
  readonly rule: string
  readonly variant?: string
  readonly severity: Severity
  readonly confidence: 'certain' | 'likely'
  readonly basis: 'observed' | 'recorded'
  readonly fault: Fault
  readonly candidates?: readonly { readonly fault: Party; readonly why: string }[]
  readonly title: string
  readonly message: string
  /** In short: the value that is wrong and the one it has to be, or in a few words what was found. */
  readonly found?: string
  readonly expected?: string
  readonly why: string
  readonly remedy: string
  readonly hint?: string
  readonly spec: readonly Citation[]
  readonly flow: string
  readonly causedBy: string | null
  /** It has been mended since: the same client then got through. Decides neither verdict nor exit code. */
  readonly past?: true
  readonly evidence: readonly Evidence[]
}

/** How the client came by its client_id. */
export type RegistrationWay = 'cimd' | 'dynamic' | 'pre-registered' | 'unknown'

/**
 * How a login attempt ended. *looked*: somebody looked at the server without a token and never began to log in.
 * *superseded*: it failed or was left, and the same client then got through.
 */
export type FlowOutcome =
  'authorized' | 'failed' | 'abandoned' | 'in-progress' | 'looked' | 'superseded'

export interface FlowReport {
  readonly id: string
  readonly resource: string | null
  readonly issuer: string | null
  readonly clientId: string | null
  readonly registration: RegistrationWay
  readonly revision: string | null
  readonly steps: readonly {
    readonly kind: StepKind
    readonly exchange: string
    readonly summary: string
    readonly ok: boolean
  }[]
  /** MCP calls in this flow, also those too ordinary to be listed among the steps. */
  readonly calls: number
  readonly outcome: FlowOutcome
  /** The flow that got through in the place of one that is superseded. */
  readonly by?: string
  /** `authtap check` went this way, and not a client. */
  readonly check?: true
}

export interface ChecklistEntry {
  readonly item: string
  readonly text: string
  readonly status: 'pass' | 'fail' | 'blind' | 'not-seen'
  /** Rules whose findings may say that it is untrue. */
  readonly rules: readonly string[]
  /** Findings that say so. */
  readonly findings: readonly string[]
  /** The exchange in which it was seen to be so. */
  readonly exchange?: string
}

/** What one client would make of one server. */
export interface ClientVerdict {
  readonly client: string
  readonly name: string
  /** The version of the client that is spoken of, and when that was found out. */
  readonly version: string
  readonly date: string
  /** The MCP endpoint. */
  readonly target: string
  /** refuse: it stops at the first check that says so; blind: a check could not be made, and none refuses. */
  readonly outcome: 'pass' | 'refuse' | 'blind'
  readonly checks: readonly CheckVerdict[]
}

export interface CheckVerdict {
  readonly check: string
  /** What the client wants to see. */
  readonly wants: string
  readonly outcome: 'pass' | 'refuse' | 'blind'
  /** Why, where it does not pass. */
  readonly because?: string
  readonly source: string
  /** Where what it refuses stands. */
  readonly exchange?: string
  readonly at?: string
}

/** A value that was changed on the way because somebody wanted it so. */
export interface ChangedValue extends Change {
  readonly exchange: string
}

export interface Report {
  readonly schema: 'authtap.report/1'
  readonly tool: { readonly name: 'authtap'; readonly version: string; readonly rules: string }
  readonly verdict: 'pass' | 'fail' | 'incomplete'
  readonly firstBroken: {
    readonly finding: string
    readonly step: StepKind
    readonly fault: Fault
    /** Nothing is broken any more; this was. */
    readonly past?: true
  } | null
  readonly findings: readonly Finding[]
  readonly flows: readonly FlowReport[]
  readonly checklist: readonly ChecklistEntry[]
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Rules that could not judge, and the leg that each would have had to see. */
  readonly blind: readonly { readonly rule: string; readonly leg: string; readonly flow: string }[]
  readonly ignored: readonly string[]
  /** What other clients would make of these servers; only where --as-client asks for it. */
  readonly clients?: readonly ClientVerdict[]
  readonly capture: {
    readonly exchanges: number
    readonly complete: boolean
    readonly missing: readonly string[]
    /** Exchanges that a person sent again, which no rule looked at; absent where there are none. */
    readonly repeated?: number
    /** What authtap was told to change or to break; absent where it was told nothing. */
    readonly changed?: readonly ChangedValue[]
    /** Further changes that are not listed. */
    readonly changedMore?: number
  }
}
