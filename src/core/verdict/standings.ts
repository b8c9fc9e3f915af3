import type { Flow } from '../flow/flow.ts'
import { withoutResponse } from '../wire/url.ts'
import { stringMember } from '../wire/json.ts'
import type { Placed } from './verdict.ts'
import { isLibrary } from '../clients/libraries.ts'
import { isBrowserLeg, programOf } from '../step/program.ts'
import { endingOf, gotThrough, isLeft, isLetIn, lastThrough } from './outcome.ts'

/** What an attempt is to the others, as it was when it was judged. */
interface Stand {
  readonly program: string
  readonly name: string | undefined
  readonly clientId: string | undefined
  /** It neither failed nor was left. */
  readonly isOver: boolean
  /** Whether somebody else was known to have got through. */
  readonly reached: boolean
  /** The order of its newest step. */
  readonly last: number
  /** The order of the newest call that got through. */
  readonly through: number
}

function standOf(flow: Flow): Stand {
  return {
    program: clientOf(flow),
    name: nameOf(flow),
    clientId: flow.clientId,
    isOver: !isLeft(flow),
    reached: flow.around.reached,
    last: flow.steps.at(-1)?.order ?? Infinity,
    through: lastThrough(flow)?.order ?? -1,
  }
}

/** The attempts at one MCP endpoint. */
class Group {
  readonly all = new Set<Flow>()
  /** Those that got through, each with the program that it was counted under. */
  readonly through = new Map<Flow, string>()
  /** The newest order at which one of them got through, whatever became of it. */
  latest = -1
  readonly #byProgram = new Map<string, number>()
  /** Those that failed, were left or are on their way, and were not repeated with success so far. */
  readonly open = new Set<Flow>()

  /** Notes whether a flow got through; returns whether that is news. */
  note(flow: Flow, isThrough: boolean, now = ''): boolean {
    const counted = this.through.get(flow)
    if (isThrough === (counted !== undefined)) return false
    const program = counted ?? now
    if (isThrough) this.through.set(flow, program)
    else this.through.delete(flow)
    this.#byProgram.set(program, this.byProgram(program) + (isThrough ? 1 : -1))
    return true
  }

  /** How many of a program's attempts got through. */
  byProgram(program: string): number {
    return this.#byProgram.get(program) ?? 0
  }

  remove(flow: Flow): void {
    this.all.delete(flow)
    this.open.delete(flow)
    this.note(flow, false)
  }
}

/**
 * How the login attempts of a session stand to each other: who got through at the endpoint where others did not, and which
 * attempt repeated another with success. Costs the same for each login, however many there were: only what may change is
 * looked at again.
 */
export class Standings {
  readonly #groups = new Map<string, Group>()
  readonly #groupOf = new Map<Flow, Group>()
  readonly #by = new Map<Flow, Flow>()
  /** Attempts are many, and most are over: what is asked of each, each time another ends, is kept. */
  readonly #stands = new Map<Flow, Stand>()

  /** Takes in how a flow stands now. Returns the other flows for which that changes something. */
  take(flow: Flow): Flow[] {
    const group = this.#group(flow)
    group.all.add(flow)
    const stand = standOf(flow)
    this.#stands.set(flow, stand)
    const { program } = stand
    const before = { reached: group.through.size, program: group.byProgram(program) }
    const isNews = group.note(flow, isLetIn(flow), program)
    group.latest = Math.max(group.latest, stand.through)
    this.#place(flow, group)
    if (!isNews && !group.through.has(flow)) return []
    const counts = { reached: group.through.size, program: group.byProgram(program) }
    // Who is alone in having got through is told otherwise than the second; the third changes nothing for anybody.
    const isFewer = (of: 'reached' | 'program') => Math.min(before[of], counts[of]) < 2
    const may =
      isNews && isFewer('reached')
        ? group.all
        : isNews && isFewer('program')
          ? [...group.all].filter((other) => this.#standOf(other).program === program)
          : group.open
    return [...may].filter((other) => other !== flow && this.#place(other, group))
  }

  #standOf(flow: Flow): Stand {
    const known = this.#stands.get(flow)
    if (known?.reached === flow.around.reached) return known
    const stand = standOf(flow)
    this.#stands.set(flow, stand)
    return stand
  }

  /** The flow that repeated this one with success. */
  supersededBy(flow: Flow): Flow | undefined {
    return this.#by.get(flow)
  }

  /** The order of the newest call of a flow that got through; less than any where none did. */
  through(flow: Flow): number {
    return this.#standOf(flow).through
  }

  /** Whether a later flow is of the same client at the same endpoint. */
  isSameClient(later: Flow, earlier: Flow): boolean {
    const isHere = this.#groupOf.get(later) === this.#groupOf.get(earlier)
    return isHere && (later === earlier || this.#isOfClient(later, earlier))
  }

  /** An endpoint becomes known with the first call, which may come after the login. */
  #group(flow: Flow): Group {
    const key = withoutResponse(endpointOf(flow))
    const known = this.#groups.get(key) ?? new Group()
    this.#groups.set(key, known)
    const earlier = this.#groupOf.get(flow)
    if (earlier !== known) earlier?.remove(flow)
    this.#groupOf.set(flow, known)
    return known
  }

  /** Tells a flow what the others came to; returns whether that is news. */
  #place(flow: Flow, group: Group): boolean {
    const before = { ...flow.around, by: this.#by.get(flow) }
    const counted = group.through.get(flow)
    const reached = group.through.size > (counted === undefined ? 0 : 1)
    const { program, isOver } = this.#standOf(flow)
    const byProgram = group.byProgram(program) > (counted === program ? 1 : 0)
    const by = isOver ? undefined : this.#repeatOf(flow, group)
    if (by === undefined) this.#by.delete(flow)
    else this.#by.set(flow, by)
    if (isOver || by !== undefined) group.open.delete(flow)
    else group.open.add(flow)
    const isNews = reached !== before.reached || byProgram !== before.byProgram || by !== before.by
    if (isNews) flow.around = { reached, byProgram, repeated: by !== undefined }
    return isNews
  }

  /** The attempt that repeated this one with success; the one found before, as long as it is so. */
  #repeatOf(flow: Flow, { through, latest }: Group): Flow | undefined {
    // A login on its way has done something since all of them.
    if (latest < this.#standOf(flow).last) return undefined
    const known = this.#by.get(flow)
    if (known !== undefined && through.has(known) && this.#repeats(known, flow)) return known
    for (const other of through.keys())
      if (other !== flow && this.#repeats(other, flow)) return other
    return undefined
  }

  /** Whether an attempt that got through is a later one of the same client. */
  #repeats(later: Flow, earlier: Flow): boolean {
    return this.through(later) >= this.#standOf(earlier).last && this.#isOfClient(later, earlier)
  }

  #isOfClient(later: Flow, earlier: Flow): boolean {
    const [a, b] = [this.#standOf(later), this.#standOf(earlier)]
    const bothNamed = a.name !== undefined && b.name !== undefined
    if (bothNamed && a.name !== b.name) return false
    if (a.clientId !== undefined && a.clientId === b.clientId) return true
    if (a.program === '' || a.program !== b.program) return false
    // The User-Agent of a library is that of any client built on it; who goes on from a token is the one that had it.
    return bothNamed || !isLibrary(a.program) || later.follows === earlier
  }
}

/** What a login is for where none of its calls was seen: the resource that it names (RFC 8707 §2). */
function endpointOf(flow: Flow): string {
  if (flow.target !== undefined) return flow.target
  const asked = flow.of('authorize', 'pushed-request', 'device-authorization', 'token')
  return asked.flatMap(({ resources }) => resources)[0] ?? ''
}

/** The program that calls the MCP server: its OAuth part may go by the name of the HTTP library it uses. */
function clientOf(flow: Flow): string {
  const sent = flow.mcpCalls[0] ?? flow.steps.find((step) => !isBrowserLeg(step))
  return sent === undefined ? '' : programOf(sent)
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
  const through = flow.of('mcp').find(gotThrough)
  if (through === undefined) return undefined
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
