import type { Flow } from '../flow/flow.ts'
import { stepKinds } from '../step/kinds.ts'
import type { Step } from '../step/step.ts'
import { isBegun } from '../verdict/outcome.ts'
import { sameUrl } from '../wire/url.ts'

/** Two things of the two captures that belong together; one of them may be lacking. */
export interface Pair<T> {
  readonly a: T | undefined
  readonly b: T | undefined
}

/**
 * Login attempts with their like, each in its order: one that began a login with one that did, of the same endpoint; else of the
 * same endpoint; else with whatever is left over.
 */
export function pairFlows(a: readonly Flow[], b: readonly Flow[]): Pair<Flow>[] {
  const free = new Set(b)
  const partners = new Map<Flow, Flow>()
  const fits = [
    (one: Flow, other: Flow) => sameEndpoint(one, other) && isBegun(one) === isBegun(other),
    sameEndpoint,
    () => true,
  ]
  for (const fit of fits)
    for (const one of a) {
      if (partners.has(one)) continue
      const partner = [...free].find((other) => fit(one, other))
      if (partner === undefined) continue
      partners.set(one, partner)
      free.delete(partner)
    }
  return [
    ...a.map((one) => ({ a: one, b: partners.get(one) })),
    ...[...free].map((other) => ({ a: undefined, b: other })),
  ]
}

function sameEndpoint(a: Flow, b: Flow): boolean {
  return a.target === undefined || b.target === undefined || sameUrl(a.target, b.target)
}

/** Steps of one sort, as a report calls them. */
export interface StepPair extends Pair<Step> {
  readonly name: string
}

/** Steps with their like, in the order of the first capture; those that the second alone has stand where they came there. */
export function pairSteps(a: readonly Step[], b: readonly Step[]): StepPair[] {
  const left = named(a)
  const right = named(b)
  const pairs: (StepPair & { order: number })[] = []
  for (const [index, { key, name, step }] of left.entries()) {
    const partner = right.find((other) => other.key === key)
    pairs.push({ name, a: step, b: partner?.step, order: index })
  }
  for (const [index, { key, name, step }] of right.entries()) {
    if (left.some((other) => other.key === key)) continue
    // Behind the step that it followed there.
    const before = right.slice(0, index).findLast((one) => left.some(({ key }) => key === one.key))
    const place = left.findIndex((other) => other.key === before?.key)
    pairs.push({ name, a: undefined, b: step, order: place + 0.5 })
  }
  return pairs.sort((one, other) => one.order - other.order)
}

interface NamedStep {
  readonly key: string
  readonly name: string
  readonly step: Step
}

/** The first of each sort of call, and every other step with how many came before it of its sort. */
function named(steps: readonly Step[]): NamedStep[] {
  const seen = new Map<string, number>()
  return steps.flatMap((step) => {
    const name = nameOf(step)
    if (name === undefined) return []
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    if (isCall(step) && count > 1) return []
    return [{ key: `${name} ${count}`, name: count === 1 ? name : `${name} (${count})`, step }]
  })
}

function isCall({ kind }: Step): boolean {
  return kind === 'mcp' || kind === 'challenge'
}

/** What a step is for, so that it finds its like; undefined for what happens beside a login. */
function nameOf(step: Step): string | undefined {
  switch (step.kind) {
    case 'mcp':
    case 'challenge':
      if (!step.isRequest) return undefined
      if (step.authorization.length === 0) return 'first call'
      return step.kind === 'challenge' ? 'refused call' : 'first call with a token'
    case 'token':
      return step.grantType === 'refresh_token'
        ? 'refresh'
        : `token (${step.grantType ?? 'no grant'})`
    case 'resource-metadata':
    case 'server-metadata':
      return step.ok ? stepKinds[step.kind].name : undefined
    case 'other':
    case 'jwks':
    case 'userinfo':
    case 'introspection':
      return undefined
    default:
      return stepKinds[step.kind].name
  }
}
