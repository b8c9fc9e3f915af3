import type { Flow } from '../flow/flow.ts'
import { type Change, type Exchange, changesIn } from '../wire/exchange.ts'
import type { ChangedValue, Fault, Finding, Report } from './report.ts'
import type { Step } from '../step/step.ts'
import type { Placed } from './verdict.ts'

/** As many changes as a report lists. */
const listed = 100

/** What was changed on purpose in a session, by exchange. */
export class Changes {
  readonly #listed = new Map<string, readonly ChangedValue[]>()
  #more = 0
  /** Something was held, which takes time that no party took. */
  #hasHeld = false

  /** Takes in an exchange, or the later version of one. */
  take(exchange: Exchange, isKnown: boolean): void {
    const { id } = exchange
    if (exchange.heldFor !== undefined) this.#hasHeld = true
    const changes = changesIn(exchange)
    if (changes.length === 0) return
    if (this.#listed.size < listed || this.#listed.has(id))
      this.#listed.set(
        id,
        changes.map((change) => ({ exchange: id, ...change })),
      )
    else if (!isKnown) this.#more += changes.length
  }

  /** The findings of a flow, with those that follow from a change said to do so. */
  told(placed: readonly Placed[], flow: Flow): readonly Placed[] {
    const changed = this.#listed.size === 0 ? placed : withConsequences(placed, flow)
    return this.#hasHeld ? withWaits(changed, flow) : changed
  }

  report(): Pick<Report['capture'], 'changed' | 'changedMore'> {
    if (this.#listed.size === 0) return {}
    const changed = [...this.#listed.values()].flat()
    return { changed, ...(this.#more === 0 ? {} : { changedMore: this.#more }) }
  }
}

function stepAt({ order }: Pick<Placed, 'order'>, flow: Flow): Step | undefined {
  return flow.steps.find((one) => one.order === order)
}

/** So long a wait may have made codes, tokens or somebody's patience run out, in milliseconds. */
const longWait = 1000

/**
 * Who does not wait for what a person holds did nothing wrong; and of what is found later in a flow in which something was
 * held for long, a hint tells that.
 */
function withWaits(placed: readonly Placed[], flow: Flow): readonly Placed[] {
  const first = flow.steps.find(({ exchange }) => (exchange.heldFor ?? 0) >= longWait)
  if (first === undefined) return placed
  return placed.map((item) => {
    const { finding } = item
    const step = stepAt(item, flow)
    if (finding.severity === 'info' || step === undefined) return item
    const { id, heldFor, failure } = step.exchange
    if (heldFor !== undefined && failure?.phase === 'client-gone')
      return {
        ...item,
        denies: [],
        finding: ours(
          finding,
          `authtap held #${id} for ${seconds(heldFor)}`,
          'Let what is held go sooner, to see what happens then.',
        ),
      }
    if (finding.severity !== 'error' || item.order <= first.order) return item
    const { exchange } = first
    const told = `authtap held #${exchange.id} for ${seconds(exchange.heldFor!)}: see whether this happens without that.`
    return { ...item, finding: hinted(finding, told) }
  })
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`
}

/**
 * What follows from a change is authtap's doing, and said to be: what is found of an exchange that got something changed,
 * unless it is about what its sender had sent; what is caused by such; and after a fault every error of the same flow.
 * Of what is found later in a flow in which a person changed something, a hint tells that.
 */
function withConsequences(placed: readonly Placed[], flow: Flow): readonly Placed[] {
  const first = flow.steps.find(({ exchange }) => changesIn(exchange).length > 0)
  if (first === undefined) return placed
  const broken = flow.steps.find(({ exchange }) => changesIn(exchange).some(isFault))
  const causes = new Map<string, Change & { exchange: string }>()
  for (const item of placed) {
    const cause =
      ownCause(item, flow) ??
      (broken !== undefined && item.finding.severity === 'error' && item.order > broken.order
        ? { ...changesIn(broken.exchange).find(isFault)!, exchange: broken.exchange.id }
        : undefined)
    if (cause !== undefined) causes.set(item.finding.id, cause)
  }
  const causeOf = ({ id, causedBy }: Finding) => causes.get(id) ?? causes.get(causedBy ?? '')
  return placed.map((item) => {
    const cause = causeOf(item.finding)
    if (cause !== undefined) return { ...item, denies: [], finding: asConsequence(item, cause) }
    const isLater = item.order > first.order && item.finding.severity === 'error'
    return isLater ? { ...item, finding: withHint(item.finding, first.exchange) } : item
  })
}

function isFault({ fault }: Change): boolean {
  return fault !== undefined
}

/**
 * The change on the exchange that the finding is about, unless it is about what had been sent before: what its sender is
 * blamed for, and was seen on its side alone.
 */
function ownCause(
  { order, finding }: Placed,
  flow: Flow,
): (Change & { exchange: string }) | undefined {
  const step = stepAt({ order }, flow)
  if (finding.severity === 'info' || step === undefined) return undefined
  const { exchange } = step
  const isAboutSent = ({ at }: Change): boolean => {
    const side = at.split('.', 1)[0]!
    const isSent = finding.evidence.every((one) => one.at.startsWith(`${side}.`))
    const byClient = side === 'request' && step.kind !== 'callback'
    const isSender = byClient ? finding.fault === 'client' : servers.has(finding.fault)
    return isSent && isSender
  }
  const cause = changesIn(exchange).find((change) => isActed(change) || !isAboutSent(change))
  return cause && { ...cause, exchange: exchange.id }
}

const servers: ReadonlySet<Fault> = new Set([
  'resource-server',
  'authorization-server',
  'intermediary',
])

/** The server sent nothing: authtap answered in its place, or let nothing through. */
function isActed({ at, upstream }: Change): boolean {
  const isWhole = at === 'response.status' || at === 'request.method'
  return isWhole && upstream === ''
}

function asConsequence(
  { finding }: Placed,
  { exchange, at, fault, why }: Change & { exchange: string },
): Finding {
  return ours(
    finding,
    `authtap was told to change ${at} of #${exchange} (${why})`,
    fault === undefined
      ? 'Leave out the change to see what happens without it.'
      : `Leave out --fault ${fault} to see what happens without it.`,
  )
}

/** Of what authtap did, nobody is to blame. */
function ours(finding: Finding, because: string, remedy: string): Finding {
  const { candidates: _candidates, hint: _hint, ...rest } = finding
  return {
    ...rest,
    severity: 'info',
    fault: 'authtap',
    message: `${finding.message}; ${because}`,
    remedy,
  }
}

function withHint(finding: Finding, exchange: Exchange): Finding {
  const [change] = changesIn(exchange)
  return hinted(
    finding,
    `authtap was told to change ${change!.at} of #${exchange.id}: see whether this happens without the change.`,
  )
}

function hinted(finding: Finding, told: string): Finding {
  return { ...finding, hint: finding.hint === undefined ? told : `${finding.hint} ${told}` }
}
