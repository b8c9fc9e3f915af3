import type { Flow } from '../flow/flow.ts'
import type { Outcome } from './report.ts'
import type { Blind, Draft, Leg, Rule, Verdict } from './rule.ts'
import { isOfCheck } from '../clients/by-hand.ts'
import { stepKinds } from '../step/kinds.ts'
import type { Step, StepKind } from '../step/step.ts'

/** A rule's draft with the step it is anchored to. */
export interface Found {
  readonly rule: Rule
  readonly step: Step
  readonly draft: Draft
}

export interface Judgement {
  readonly rule: Rule
  readonly outcome: Outcome
  readonly found: readonly Found[]
  /** The newest step at which it looked and found nothing. */
  readonly passed?: Step
  /** The leg that was not visible, when the outcome is blind. */
  readonly leg?: Leg
  /** What a rule that crashed threw; never shown with a stack. */
  readonly crash?: string
}

const outcomeOrder: readonly Outcome[] = ['silent', 'pass', 'blind', 'fail', 'crash']

/** The worse of two outcomes: crash, fail, blind, pass, silent. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return a === b || outcomeOrder.indexOf(a) > outcomeOrder.indexOf(b) ? a : b
}

/** A rule that yields without end is stopped here. */
const draftLimit = 50

/** What a rule made of one step. */
export interface StepJudgement {
  readonly outcome: Outcome
  readonly drafts: readonly Draft[]
  readonly leg?: Leg
  readonly crash?: string
}

/** Knows what a rule made of a step, or asks it. */
type Ask = (rule: Rule, step: Step, flow: Flow) => StepJudgement

/** Judges a whole flow by one rule. */
export function judge(rule: Rule, flow: Flow, ask: Ask = judgeStep): Judgement {
  const kinds = typeof rule.on === 'string' ? [rule.on] : rule.on
  const steps = rule.trials === true ? flow.trials.of(...kinds) : flow.of(...kinds)
  if (steps.length === 0) {
    const leg = rule.trials === true ? undefined : unseenLeg(kinds, flow)
    return leg === undefined
      ? { rule, outcome: 'silent', found: [] }
      : { rule, outcome: 'blind', found: [], leg }
  }
  let outcome: Outcome = 'silent'
  let leg: Leg | undefined
  let crash: string | undefined
  let passed: Step | undefined
  const found: Found[] = []
  for (const step of steps) {
    const one = ask(rule, step, flow)
    outcome = worse(outcome, one.outcome)
    leg ??= one.leg
    if (one.outcome === 'pass') passed = step
    crash ??= one.crash
    for (const draft of one.drafts) found.push({ rule, step, draft })
  }
  return {
    rule,
    outcome,
    found,
    ...(passed === undefined ? {} : { passed }),
    ...(leg !== undefined && outcome === 'blind' ? { leg } : {}),
    ...(crash === undefined ? {} : { crash }),
  }
}

export function judgeStep(rule: Rule, step: Step, flow: Flow): StepJudgement {
  const hidden = hiddenLeg(rule, step)
  if (hidden !== undefined) return { outcome: 'blind', drafts: [], leg: hidden }
  const drafts: Draft[] = []
  try {
    const verdict = run(rule, step, flow, drafts)
    if (drafts.length > 0) return { outcome: 'fail', drafts }
    if (verdict === 'silent') return { outcome: 'silent', drafts }
    const leg = isBlind(verdict) ? verdict.blind : missingLeg(rule, flow)
    return leg === undefined ? { outcome: 'pass', drafts } : { outcome: 'blind', drafts, leg }
  } catch (error) {
    return {
      outcome: 'crash',
      drafts: [],
      crash: error instanceof Error ? error.message : String(error),
    }
  }
}

function run(rule: Rule, step: Step, flow: Flow, drafts: Draft[]): Verdict {
  const check = rule.check(step as never, flow)
  for (;;) {
    const next = check.next()
    if (next.done === true) return next.value
    drafts.push(next.value)
    if (drafts.length >= draftLimit) return undefined
  }
}

function isBlind(verdict: Verdict): verdict is Blind {
  return typeof verdict === 'object'
}

/** A rule that looked and found nothing has passed only if it saw every kind of step it needs. */
function missingLeg(rule: Rule, flow: Flow): Leg | undefined {
  const lacking = rule.needs?.find((kind) => !sees(flow, kind))
  return lacking === undefined ? undefined : stepKinds[lacking].leg
}

function sees(flow: Flow, kind: StepKind): boolean {
  if (kind === 'callback')
    return (
      flow.of('callback').length > 0 ||
      flow.of('authorize').some((step) => step.answer !== undefined)
    )
  if (kind === 'mcp') return flow.mcpCalls.length > 0
  return flow.of(kind).length > 0
}

/** A part of this very step that the capture cannot show, though the rule would have to read it. */
function hiddenLeg(rule: Rule, step: Step): Leg | undefined {
  const lacking = step.exchange.missing ?? []
  if (rule.reads?.some((name) => lacking.includes(name)) === true) return 'the Authorization header'
  const unread = (stepKinds[step.kind].reads ?? []).filter((body) => step.unread.includes(body))
  if (unread.includes('request')) return 'the request body'
  const told = step.status !== undefined && step.status < 300
  return told && unread.includes('response') ? 'the response body' : undefined
}

/** Kinds of step that cannot be had without an earlier kind: what is seen proves that the earlier one happened somewhere. */
const impliedBy: Readonly<Partial<Record<StepKind, (flow: Flow) => boolean>>> = {
  'resource-metadata': (flow) =>
    flow.of('authorize', 'token').length > 0 && flow.mcpCalls.length > 0,
  'server-metadata': (flow) => flow.of('authorize', 'token', 'registration').length > 0,
  authorize: (flow) => flow.of('token').some((step) => step.grantType === 'authorization_code'),
  callback: (flow) => flow.of('token').some((step) => step.grantType === 'authorization_code'),
  token: (flow) =>
    flow.mcpCalls.some((call) => call.presented !== undefined) ||
    flow.of('callback').some((step) => step.ok),
  mcp: (flow) => flow.mcpCalls.length === 0 && flow.of('token').some((step) => step.ok),
}

/** What `authtap check` does only when it is told to log in. */
const loginKinds: ReadonlySet<StepKind> = new Set([
  'registration',
  'authorize',
  'callback',
  'token',
])

/** It has looked at a server that asks for a login, and did not log in. */
function isMereLook(flow: Flow): boolean {
  return flow.of('challenge').some(isOfCheck) && flow.of('authorize', 'token').length === 0
}

/** The leg that took place out of sight, when a rule found none of its steps; undefined when there was nothing to see. */
function unseenLeg(kinds: readonly StepKind[], flow: Flow): Leg | undefined {
  const unseen = kinds.find(
    (kind) => impliedBy[kind]?.(flow) === true || (loginKinds.has(kind) && isMereLook(flow)),
  )
  return unseen === undefined ? undefined : stepKinds[unseen].leg
}
