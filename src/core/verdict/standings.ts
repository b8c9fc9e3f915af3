import type { Flow } from '../flow/flow.ts'
import { withoutResponse } from '../wire/url.ts'
import { stringMember } from '../wire/json.ts'
import type { Placed } from './verdict.ts'
import { endingByItself, endingOf, gotThrough, lastThrough } from './outcome.ts'

/** The attempts at one MCP endpoint. */
interface Group {
  readonly all: Set<Flow>
  readonly through: Set<Flow>
}

/**
 * How the login attempts of a session stand to each other: who got through at the endpoint where others did not, and which
 * attempt repeated another with success.
 */
export class Standings {
  readonly #groups = new Map<string, Group>()
  readonly #groupOf = new Map<Flow, Group>()
  readonly #by = new Map<Flow, Flow>()

  /** Takes in how a flow stands now. Returns the other flows for which that changes something. */
  take(flow: Flow): Flow[] {
    const group = this.#group(flow)
    group.all.add(flow)
    const isThrough = lastThrough(flow) !== undefined
    if (isThrough === group.through.has(flow)) {
      this.#place(flow, group)
      return []
    }
    if (isThrough) group.through.add(flow)
    else group.through.delete(flow)
    this.#place(flow, group)
    return [...group.all].filter((other) => other !== flow && this.#place(other, group))
  }

  /** The flow that repeated this one with success. */
  supersededBy(flow: Flow): Flow | undefined {
    return this.#by.get(flow)
  }

  /** An endpoint becomes known with the first call, which may come after the login. */
  #group(flow: Flow): Group {
    const key = flow.target === undefined ? '' : withoutResponse(flow.target)
    const known = this.#groups.get(key) ?? { all: new Set<Flow>(), through: new Set<Flow>() }
    this.#groups.set(key, known)
    const earlier = this.#groupOf.get(flow)
    if (earlier !== undefined && earlier !== known) {
      earlier.all.delete(flow)
      earlier.through.delete(flow)
    }
    this.#groupOf.set(flow, known)
    return known
  }

  /** Tells a flow what the others came to; returns whether that is news. */
  #place(flow: Flow, { through }: Group): boolean {
    const before = { ...flow.around, by: this.#by.get(flow) }
    const others = [...through].filter((other) => other !== flow)
    const reached = others.length > 0
    const byProgram = others.some((other) => other.client === flow.client)
    const { outcome } = endingByItself(flow)
    const by =
      outcome === 'failed' || outcome === 'abandoned'
        ? others.find((other) => repeats(other, flow))
        : undefined
    const repeated = by !== undefined
    if (by === undefined) this.#by.delete(flow)
    else this.#by.set(flow, by)
    const isNews = reached !== before.reached || byProgram !== before.byProgram || by !== before.by
    if (isNews) flow.around = { reached, byProgram, repeated }
    return isNews
  }
}

/** Whether an attempt that got through is a later one of the same client. */
function repeats(later: Flow, earlier: Flow): boolean {
  const through = lastThrough(later)
  const last = earlier.steps.at(-1)
  if (through === undefined || last === undefined || through.order < last.order) return false
  if (later.clientId !== undefined && later.clientId === earlier.clientId) return true
  const [a, b] = [nameOf(later), nameOf(earlier)]
  return later.client !== '' && later.client === earlier.client && (a ?? b) === (b ?? a)
}

/** What the client calls itself (MCP `clientInfo`). */
function nameOf(flow: Flow): string | undefined {
  for (const { rpc } of flow.mcpCalls) {
    const name = stringMember(rpc?.clientInfo, 'name')
    if (name !== undefined) return name
  }
  return undefined
}

/**
 * Where the login begins that got through, when tokens of the same flow had been refused before it: what was found earlier
 * is past. Undefined when there was no such refusal.
 */
function mendedFrom(flow: Flow): number | undefined {
  if (endingOf(flow).outcome !== 'authorized') return undefined
  const through = flow.of('mcp').find(gotThrough)!
  const token = flow.issuedBy(through.presented)
  if (token === undefined) return undefined
  const begin = flow.authorizationOf(token)?.step.order ?? token.order
  const refused = flow
    .before(through, 'challenge')
    .some(({ order, authorization }) => authorization.length > 0 && order < begin)
  return refused ? begin : undefined
}

/**
 * Marks what has been mended since: all of a flow that another repeated with success, or what ended it where it had got
 * through itself; or what a later login of the same flow mended.
 */
export function withPast(
  placed: readonly Placed[],
  flow: Flow,
  by: Flow | undefined,
): readonly Placed[] {
  const through = lastThrough(flow)?.order ?? -1
  const mended = mendedFrom(flow) ?? -1
  return placed.map((item) =>
    item.lastOrder < mended || (by !== undefined && item.order > through)
      ? { ...item, finding: { ...item.finding, past: true } }
      : item,
  )
}
