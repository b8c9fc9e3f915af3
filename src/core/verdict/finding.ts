import type { Flow } from '../flow/flow.ts'
import { clientHint } from '../clients/recognise.ts'
import { codeHint, isManner, providerHint } from '../providers/known.ts'
import { signatureOf } from '../flow/signature.ts'
import type { Found } from './check.ts'
import { deniedBy } from './checklist.ts'
import { lookOf } from './mended.ts'
import { quote, standsAt, tokenOf } from './quote.ts'
import type { Evidence, Finding, Severity } from './report.ts'
import type { Draft, Place, Pointer } from './rule.ts'
import type { Step } from '../step/step.ts'
import type { Token } from '../wire/jwt.ts'
import { shortened } from '../wire/safe-text.ts'
import { cite } from './spec.ts'
import type { Placed } from './verdict.ts'
import { severityRank } from './words.ts'

/** The same fault seen again and again is one finding; so many of its places are kept. */
const evidenceLimit = 6

/** Findings of one flow that say the same are one: same rule, variant, party and message. Each with its places, the worst first. */
export function sightings(flow: string, found: readonly Found[]): [key: string, Found[]][] {
  const groups = new Map<string, Found[]>()
  for (const one of found) {
    const { rule, draft } = one
    const key = [flow, rule.id, draft.variant ?? '', draft.fault ?? '', draft.message].join('\n')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups].map(([key, group]) => [key, worstFirst(group)])
}

/** The worst first: what a finding says, and how sure it is, is what the worst of its places bears out. */
function worstFirst(places: readonly Found[]): Found[] {
  return places.toSorted((a, b) => severityRank[severityOf(b)] - severityRank[severityOf(a)])
}

/** A finding with where it stands. @param places the worst first */
export function placeFinding(id: string, flow: Flow, places: readonly Found[]): Placed {
  const { step, rule } = places[0]!
  const steps = places.map((one) => one.step)
  const finding = makeFinding(id, flow, places)
  const look = lookOf(step)
  return {
    finding,
    order: step.order,
    kind: step.kind,
    lastOrder: Math.max(...steps.map(({ order }) => order)),
    ...(look === undefined ? {} : { look }),
    denies: deniedBy(rule, finding, steps, flow),
    weakness: rule.weakness === true,
  }
}

/** Makes a finding of what a rule found at one or more steps, the worst first. */
function makeFinding(id: string, flow: Flow, places: readonly Found[]): Finding {
  const { rule, draft } = places[0]!
  const evidence = places
    .flatMap((found) => found.draft.evidence)
    .filter((pointer) => pointer !== undefined && pointer !== false)
    .map((pointer) => evidenceAt(pointer, flow))
    .slice(0, evidenceLimit)
  return {
    id,
    rule: rule.id,
    ...(draft.variant === undefined ? {} : { variant: draft.variant }),
    severity: severityIn(places[0]!, flow),
    confidence: draft.confidence ?? 'certain',
    basis: 'observed',
    fault: draft.fault ?? rule.fault[0],
    ...candidatesOf(draft),
    title: rule.title,
    message: draft.message,
    ...inShort(draft),
    why: rule.why,
    remedy: draft.remedy ?? rule.remedy,
    ...hintOf(places[0]!, flow),
    spec: rule.spec.map((ref) => cite(ref) ?? { ref, url: '' }),
    flow: flow.id,
    causedBy: null,
    evidence,
  }
}

function severityOf({ rule, draft }: Found): Severity {
  return draft.severity ?? rule.severity[0]
}

function severityIn(found: Found, flow: Flow): Severity {
  const severity = severityOf(found)
  const { rule, draft, step } = found
  const isUsual =
    severity === 'warning' && isManner(flow.issuer ?? step.url, rule.id, draft.variant)
  return isUsual ? 'info' : severity
}

function candidatesOf(draft: Draft) {
  return draft.candidates === undefined ? {} : { candidates: draft.candidates }
}

/** Values come from the network, and may be of any length. */
const shortLimit = 600

function inShort({ found, expected }: Draft): Pick<Finding, 'found' | 'expected'> {
  return {
    ...(found === undefined ? {} : { found: shortened(found, shortLimit) }),
    ...(expected === undefined ? {} : { expected: shortened(expected, shortLimit) }),
  }
}

function evidenceAt(pointer: Pointer, flow: Flow): Evidence {
  const { step } = pointer
  const note = withProof(pointer, flow)
  const at = standsAt(step, pointer.at)
  const touch = step.exchange.touched.find((one) => one.at === at)
  return {
    exchange: step.exchange.id,
    at,
    text: quote(step, at) ?? '',
    ...(touch === undefined ? {} : { client: touch.client }),
    ...(note === undefined ? {} : { note }),
  }
}

/** A claim is worth what the signature under it is: the note says so, where there were keys to check it with. */
function withProof({ step, at, note }: Pointer, flow: Flow): string | undefined {
  const token = signedAt(step, at)
  const signature = token && signatureOf(token, flow)
  if (signature === undefined) return note
  const proof = signature.outcome === 'verified' ? 'signature verified' : 'signature not verified'
  return note === undefined ? proof : `${note}; ${proof}`
}

/** The token, or the assertion, whose claim stands there. */
function signedAt(step: Step, at: Place): Token | undefined {
  const [, side] = /^(request|response)\.jwt\./.exec(at) ?? []
  if (side !== undefined) return tokenOf(step, side)
  if (step.kind !== 'token') return undefined
  if (at.startsWith('request.client-assertion.')) return step.clientAssertion
  return at.startsWith('request.assertion.') ? step.grantAssertion : undefined
}

/** What is known of the product, and of the client, as whole sentences. */
function hintOf({ draft, rule, step }: Found, flow: Flow): { hint?: string } {
  const product = flow.issuer ?? flow.target
  const steps = [step, ...draft.evidence.flatMap((one) => (one ? [one.step] : []))]
  const words = steps.map(({ refusal }) => `${refusal?.code ?? ''} ${refusal?.text ?? ''}`)
  const hints = [
    codeHint(product, words.join(' ')) ?? draft.hint ?? providerHint(product, rule.id).hint,
    clientHint(flow, rule.id),
  ].filter((one) => one !== undefined)
  return hints.length === 0 ? {} : { hint: hints.join(' ') }
}
