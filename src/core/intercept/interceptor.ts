import type { FilterRecord } from '../filter/record.ts'
import { Classifier } from '../step/classify.ts'
import type { Step } from '../step/step.ts'
import { type Change, type Exchange, bodyText } from '../wire/exchange.ts'
import { type Edit, edit } from './edit.ts'
import type { WantedChange } from './change.ts'
import type { Act, Fault } from './fault.ts'
import { answered, cutOff, sides, slowed } from './decision.ts'
import { Holds } from './holds.ts'
import type { Message, Outcome, Sender } from './message.ts'

/** How often a fault happens: of the messages that it fits, by their number from 0. */
export type When = (count: number) => boolean

export interface WantedFault {
  readonly fault: Fault
  readonly when: When
}

/** Something that may be done to messages of one side. */
interface Actor {
  readonly side: Message['side']
  /** It looks at the body, or changes it. */
  readonly needsBody: boolean
  readonly by: Pick<Change, 'by' | 'why' | 'fault'>
  wants(step: Step, exchange: Exchange): boolean
  act(message: Message, step: Step): Act | undefined
  /** Asked each time that it would act. */
  when(): boolean
  /** What it changes in each event of a stream. */
  readonly ofEvents: readonly Edit[]
}

/** What is to be done to one message. */
export interface Plan {
  readonly needsBody: boolean
  /** A person decides what becomes of it, after what is done by itself. */
  readonly isHeld: boolean
  /** @param sender who sent it, which tells whose side of a value is which */
  carryOut(message: Message, sender: Sender): Outcome
  /** Something is to be done to the events of a stream. */
  readonly hasEvents: boolean
  /** What becomes of one of them. */
  carryOutOnEvent(event: Message): Outcome
}

/**
 * Knows what is to be changed or broken on purpose, and at which messages. It is asked on the way of the traffic, and only
 * where there is something to do.
 */
export class Interceptor {
  readonly #targets: ReadonlySet<string>
  readonly #classifier: Classifier
  readonly #actors: readonly Actor[]
  readonly #holds: Holds

  /** @param targets MCP endpoints known beforehand */
  constructor(
    targets: readonly string[],
    {
      changes = [],
      faults = [],
      holds = new Holds(),
    }: {
      changes?: readonly WantedChange[]
      faults?: readonly WantedFault[]
      holds?: Holds
    },
  ) {
    this.#targets = new Set(targets)
    this.#holds = holds
    this.#classifier = new Classifier(targets, () => undefined)
    this.#actors = [...changes.flatMap(changeActors), ...faults.map(faultActor)]
  }

  /** Nothing is to be done to any message. */
  get isIdle(): boolean {
    return this.#actors.length === 0 && this.#holds.isIdle
  }

  /** Learns from an exchange as it was recorded what later ones are for. */
  see(exchange: Exchange): void {
    // An answered call to a server that is known teaches nothing, and there are many.
    if (exchange.response?.status === 200 && this.#targets.has(exchange.request.url)) return
    this.#classifier.classify(exchange, 0)
  }

  /** What is to be done to this side of an exchange, which may have come no further; undefined lets it pass. */
  plan(side: Message['side'], exchange: Exchange): Plan | undefined {
    const step = this.#classifier.classify(exchange, 0)
    const actors = this.#actors.filter((one) => one.side === side && one.wants(step, exchange))
    const isHeld = !this.#holds.isIdle && this.#holds.wants(recordOf(step, exchange))
    if (actors.length === 0 && !isHeld) return undefined
    return {
      isHeld,
      needsBody: isHeld || actors.some(({ needsBody }) => needsBody),
      carryOut: (message, sender) => carryOut(actors, message, step, sender),
      hasEvents: isHeld || actors.some(({ ofEvents }) => ofEvents.length > 0),
      carryOutOnEvent: (event) => {
        const untouched: Outcome = { message: event, changes: [] }
        return actors.reduce(
          (outcome, { ofEvents, by }) =>
            edited(outcome, foundIn(outcome.message, ofEvents), by, 'upstream'),
          untouched,
        )
      },
    }
  }
}

function carryOut(actors: readonly Actor[], message: Message, step: Step, sender: Sender): Outcome {
  let outcome: Outcome = { message, changes: [] }
  for (const actor of actors) {
    const act = actor.act(outcome.message, step)
    if (act === undefined) continue
    const next = done(outcome, act, actor, sender)
    if (next !== outcome && actor.when()) outcome = next
  }
  return outcome
}

/** The outcome with one act more; the same where it changes nothing. */
function done(outcome: Outcome, act: Act, { by }: Actor, sender: Sender): Outcome {
  if ('edits' in act) return edited(outcome, act.edits, by, sender)
  if ('pace' in act) return slowed(outcome, act.pace, by)
  return 'answer' in act ? answered(outcome, act.answer, by) : cutOff(outcome, act.cut, sender, by)
}

function edited(
  outcome: Outcome,
  edits: readonly Edit[],
  by: Actor['by'],
  sender: Sender,
): Outcome {
  let { message } = outcome
  const changes: Change[] = []
  for (const one of edits) {
    const result = edit(message, one)
    if (result === undefined) continue
    message = result.message
    for (const { at, before, after } of result.edited)
      changes.push({ at, ...sides(sender, before, after), ...by })
  }
  return changes.length === 0
    ? outcome
    : { ...outcome, message, changes: [...outcome.changes, ...changes] }
}

/** Edits whose place there is: the events of a stream are messages of many kinds, and a value is set where it stands. */
function foundIn(event: Message, edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(
    (one) =>
      !one.at.startsWith('response.json') ||
      one.how !== '=' ||
      edit(event, one)?.edited.some(({ before }) => before !== ''),
  )
}

/** Places in the body, or all of it. */
const inBody = /^\w+\.(?:body|form|json)/

function changeActors({ test, edits }: WantedChange): Actor[] {
  return (['request', 'response'] as const).flatMap((side) => {
    const own = edits.filter(({ at }) => at.startsWith(`${side}.`))
    if (own.length === 0) return []
    return {
      side,
      needsBody: own.some(({ at }) => inBody.test(at)),
      by: { by: 'person', why: 'changed by --change' },
      wants: (step, exchange) => test(recordOf(step, exchange), exchange.startedAt),
      act: () => ({ edits: own }),
      when: () => true,
      ofEvents: own.filter(({ at }) => inBody.test(at)),
    }
  })
}

function faultActor({ fault, when }: WantedFault): Actor {
  const kinds = typeof fault.on === 'string' ? [fault.on] : fault.on
  let count = 0
  return {
    side: fault.side,
    needsBody: true,
    by: { by: 'authtap', why: `made by --fault ${fault.id}`, fault: fault.id },
    wants: (step) => kinds.includes(step.kind) && fault.when?.(step) !== false,
    act: (message, step) => fault.act(message, step),
    when: () => when(count++),
    // What is broken is a part of the login, and none of them is a stream.
    ofEvents: [],
  }
}

/** What a filter looks at. Nothing was judged yet: neither flow nor findings are known. */
function recordOf({ kind }: Step, exchange: Exchange): FilterRecord {
  const { request, response, startedAt } = exchange
  const [, host = '', path = ''] = /^[^:]+:\/\/([^/?#]*)([^#]*)/.exec(request.url) ?? []
  return {
    method: request.method,
    status: response?.status,
    kind,
    host,
    path,
    flow: '',
    findings: [],
    startedAt,
    headers: [...request.headers, ...(response?.headers ?? [])],
    get text() {
      return `${bodyText(request)}\n${response === undefined ? '' : bodyText(response)}`
    },
  }
}
