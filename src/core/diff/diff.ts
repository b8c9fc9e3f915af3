import type { Flow } from '../flow/flow.ts'
import type { StepKind } from '../step/step.ts'
import { endingOf } from '../verdict/outcome.ts'
import { isRoot } from '../verdict/culprit.ts'
import type { Fault, FlowOutcome, Report } from '../verdict/report.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import { isLoopback, origin } from '../wire/url.ts'
import { type Pair, type StepPair, pairFlows, pairSteps } from './align.ts'
import { type Fact, factsOf } from './facts.ts'
import { type Own, plain } from './values.ts'

/** One place at which two logins differ; what is absent is undefined. */
export interface Difference {
  /** In the notation of evidence. */
  readonly at: string
  readonly a: string | undefined
  readonly b: string | undefined
  /** It may be why one of them works and the other does not. */
  readonly matters: boolean
}

/** A step that differs, or that one of the captures lacks. */
export interface StepDifference {
  readonly step: string
  readonly kind: StepKind
  /** Exchanges. */
  readonly a: string | undefined
  readonly b: string | undefined
  readonly differences: readonly Difference[]
}

/** Two login attempts side by side. */
export interface FlowDifference {
  readonly a: SideOfFlow | undefined
  readonly b: SideOfFlow | undefined
  readonly compared: number
  readonly steps: readonly StepDifference[]
  /** Where one of them got through and the other did not. */
  readonly stopped?: Stopped
}

/** What ended a login, as the rule tells it that names its cause. */
export interface Stopped {
  readonly side: 'a' | 'b'
  readonly rule: string
  readonly fault: Fault
  readonly message: string
}

export interface SideOfFlow {
  readonly id: string
  readonly resource: string | undefined
  readonly outcome: Exclude<FlowOutcome, 'superseded'>
}

export interface Comparison {
  readonly schema: 'authtap.diff/1'
  /** Whether anything differs that matters. */
  readonly differs: boolean
  /** The first difference that matters. */
  readonly first: { readonly flow: number; readonly step: number; readonly at: string } | null
  readonly flows: readonly FlowDifference[]
}

/** The login attempts of a capture, with what rules found in them. */
export interface Logins {
  readonly flows: readonly Flow[]
  readonly report: Pick<Report, 'findings' | 'firstBroken'>
}

/** Compares two captures by what their steps mean. Only what differs is told. */
export function compare(a: Logins, b: Logins): Comparison {
  const flows = pairFlows(a.flows, b.flows).flatMap((pair) => {
    const flow = compareFlows(pair)
    const stopped = stoppedOf(flow, a, b)
    return flow === undefined ? [] : [stopped === undefined ? flow : { ...flow, stopped }]
  })
  const places = flows.flatMap(({ steps }, flow) =>
    steps.flatMap(({ differences }, step) =>
      differences.filter(({ matters }) => matters).map(({ at }) => ({ flow, step, at })),
    ),
  )
  return { schema: 'authtap.diff/1', differs: places.length > 0, first: places[0] ?? null, flows }
}

/** Undefined for a look at the server that the other capture has not: it is no login. */
function compareFlows({ a, b }: Pair<Flow>): FlowDifference | undefined {
  const sides = { a: sideOf(a), b: sideOf(b) }
  if ((a === undefined || b === undefined) && (sides.a ?? sides.b)?.outcome === 'looked')
    return undefined
  const [ownA, ownB] = [ownOf(a), ownOf(b)]
  const pairs = pairSteps(a?.steps ?? [], b?.steps ?? [])
  const search = [searchDifference(a, b, ownA, ownB)].filter((one) => one !== undefined)
  const steps = pairs.flatMap((pair) => compareSteps(pair, ownA, ownB))
  const place = steps.findIndex(({ kind }) => !['mcp', 'challenge'].includes(kind))
  return {
    ...sides,
    compared: pairs.length,
    steps: place < 0 ? [...steps, ...search] : steps.toSpliced(place, 0, ...search),
  }
}

/** What is wrong in both does not keep one of them from ending at it. */
function stoppedOf(flow: FlowDifference | undefined, a: Logins, b: Logins): Stopped | undefined {
  if (flow?.a === undefined || flow.b === undefined) return undefined
  const through = [flow.a, flow.b].map(({ outcome }) => outcome === 'authorized')
  if (through[0] === through[1]) return undefined
  const side = through[0] ? 'b' : 'a'
  const { id } = flow[side]!
  const { findings, firstBroken } = (side === 'a' ? a : b).report
  const roots = findings.filter((one) => one.flow === id && isRoot(one) && one.past !== true)
  const cause = roots.find((one) => one.id === firstBroken?.finding) ?? roots[0]
  return cause && { side, rule: cause.rule, fault: cause.fault, message: cause.message }
}

function sideOf(flow: Flow | undefined): SideOfFlow | undefined {
  if (flow === undefined) return undefined
  return { id: flow.id, resource: flow.resource, outcome: endingOf(flow).outcome }
}

/** The URLs that were asked for metadata, in their order: what was looked for, and where it was. */
function searchDifference(
  a: Flow | undefined,
  b: Flow | undefined,
  ownA: Own,
  ownB: Own,
): StepDifference | undefined {
  if (a === undefined || b === undefined) return undefined
  const asked = (flow: Flow, own: Own) =>
    [
      ...new Set(flow.of('resource-metadata', 'server-metadata').map(({ url }) => plain(url, own))),
    ].join(', ') || undefined
  const [left, right] = [asked(a, ownA), asked(b, ownB)]
  if (left === right) return undefined
  return {
    step: 'search for metadata',
    kind: 'server-metadata',
    a: a.of('resource-metadata', 'server-metadata')[0]?.exchange.id,
    b: b.of('resource-metadata', 'server-metadata')[0]?.exchange.id,
    differences: [{ at: 'request.url', a: left, b: right, matters: true }],
  }
}

function compareSteps({ name, a, b }: StepPair, ownA: Own, ownB: Own): StepDifference[] {
  const one = (a ?? b)!
  const ids = { a: a?.exchange.id, b: b?.exchange.id }
  const base = { step: name, kind: one.kind, ...ids }
  if (a === undefined || b === undefined) {
    // How often a call is refused, or a token renewed, is a matter of how long somebody watched.
    const matters = !(
      one.ok &&
      (name === 'refresh' || /\(\d+\)$/.test(name) || one.kind === 'revocation')
    )
    const [left, right] = [a?.summary, b?.summary]
    return [{ ...base, differences: [{ at: 'request', a: left, b: right, matters }] }]
  }
  const differences = compareFacts(factsOf(a, ownA), factsOf(b, ownB))
  return differences.length === 0 ? [] : [{ ...base, differences }]
}

function compareFacts(a: readonly Fact[], b: readonly Fact[]): Difference[] {
  const places = [...new Set([...a, ...b].map(({ at }) => at))]
  const statusOf = (facts: readonly Fact[]) =>
    facts.find(({ at }) => at === 'response.status')?.value
  const told = statusOf(a) === statusOf(b) ? places : places.filter(isOfRefusal)
  return told.flatMap((at) => {
    const [left, right] = [a, b].map((facts) => {
      const values = facts.filter((fact) => fact.at === at).map(({ value }) => value)
      return values.length === 0 ? undefined : values.join(' | ')
    })
    if (left === right) return []
    const aside = [...a, ...b].some((fact) => fact.at === at && fact.aside === true)
    return [{ at, a: left, b: right, matters: !aside }]
  })
}

/** What a success says is not to be missed where the other was refused; why it was refused is. */
function isOfRefusal(at: string): boolean {
  return !/^response\.(?:json|jwt)/.test(at) || /\/error/.test(at)
}

/** Whose ports are whose, and which client ids were made here. */
function ownOf(flow: Flow | undefined): Own {
  const roles = new Map<string, string>()
  const learn = (url: string | undefined, role: string) => {
    const known = url === undefined || !isLoopback(url) ? undefined : origin(url)
    if (known !== undefined && !roles.has(known)) roles.set(known, role)
  }
  learn(flow?.target, 'mcp')
  for (const { url, document } of flow?.of('server-metadata') ?? []) {
    learn(url, 'as')
    for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint'])
      learn(stringMember(objectOf(document), name), 'as')
  }
  const ids = (flow?.of('registration') ?? []).map(({ clientId }) => clientId)
  return { roles, clientIds: new Set(ids.filter((id) => id !== undefined)) }
}
