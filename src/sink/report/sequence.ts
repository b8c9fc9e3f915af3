import { faultyExchanges } from '../../core/verdict/culprit.ts'
import type { ExchangeEvent } from '../../core/verdict/event.ts'
import type { FlowReport } from '../../core/verdict/report.ts'
import { counted } from '../../core/verdict/words.ts'
import { type JudgedCapture, brokenExchange, causeOf } from './judged-capture.ts'
import { type Lane, Lanes, rolesOf } from './lanes.ts'
import { soughtInVain } from './sought.ts'

/** One exchange in a sequence diagram: a question and what came of it. */
export interface Message {
  readonly exchange: string
  readonly from: Lane
  /** A party in between that the question passes. */
  readonly through?: Lane
  readonly to: Lane
  readonly question: string
  readonly answer: string
  readonly ok: boolean
  /** Metadata was looked for where there is none, which is no failure. */
  readonly sought: boolean
  /** The worst that was found to be at fault in it. */
  readonly fault?: 'error' | 'warning'
  /** Here the flow broke first. */
  readonly broken: boolean
}

/** Something left out, said in words. */
export interface Gap {
  readonly note: string
  readonly steps: number
  /** Of those. */
  readonly failed: number
}

export interface Sequence {
  readonly flow: FlowReport
  /** From left to right. */
  readonly lanes: readonly Lane[]
  readonly items: readonly (Message | Gap)[]
}

export function isGap(item: Message | Gap): item is Gap {
  return 'note' in item
}

/** Beyond this a diagram is no longer read; what is around the break stays. */
const messageLimit = 60
const around = 6

/** A flow as a sequence of messages; long runs of ordinary calls and what is far from the break are folded into a note. */
export function sequenceOf(capture: JudgedCapture, flow: FlowReport): Sequence {
  const events = new Map(capture.exchanges.map((event) => [event.exchange.id, event]))
  const broken = brokenExchange(capture)
  const blamed = causeOf(capture.report)?.fault === 'intermediary' ? broken : undefined
  const sought = soughtInVain(capture.report)
  const faulty = faultyExchanges(capture.report)
  const lanes = new Lanes()
  // The client is part of every flow, also where only the browser was seen.
  lanes.of('client', '')
  const messages = flow.steps.map((step): Message => {
    const url = events.get(step.exchange)?.exchange.request.url ?? ''
    const { from, to } = rolesOf(step.kind)
    const fault = faulty.get(step.exchange)
    // What comes back to the client by way of the browser is not answered in the diagram: it is an answer itself.
    const cutAt = step.kind === 'callback' ? -1 : step.summary.indexOf(': ')
    return {
      exchange: step.exchange,
      from: lanes.of(from, ''),
      ...(step.exchange === blamed ? { through: lanes.of('intermediary', '') } : {}),
      to: lanes.of(to, url),
      question: cutAt < 0 ? step.summary : step.summary.slice(0, cutAt),
      answer:
        step.kind === 'callback'
          ? ''
          : answerOf(cutAt < 0 ? '' : step.summary.slice(cutAt + 2), events.get(step.exchange)),
      ok: step.ok || sought.has(step.exchange),
      sought: sought.has(step.exchange),
      ...(fault === undefined ? {} : { fault }),
      broken: step.exchange === broken,
    }
  })
  const items = shortened(foldCalls(messages, flow))
  return { flow, lanes: lanes.inOrder(), items: withUnlisted(items, flow) }
}

function answerOf(told: string, event: ExchangeEvent | undefined): string {
  if (told !== '') return told
  const response = event?.exchange.response
  return response === undefined ? '' : `${response.status} ${response.statusText}`.trim()
}

/** Three and more calls in a row that all went well say no more than their number. */
function foldCalls(messages: readonly Message[], flow: FlowReport): (Message | Gap)[] {
  const items: (Message | Gap)[] = []
  let run: Message[] = []
  const flush = () => {
    if (run.length < 3) items.push(...run)
    else {
      const steps = run.length - 1
      const note = `${counted(steps, 'more MCP call')}, all answered`
      items.push(run[0]!, { note, steps, failed: 0 })
    }
    run = []
  }
  for (const [index, message] of messages.entries()) {
    const isOrdinary = message.ok && !message.broken && message.fault === undefined
    if (flow.steps[index]!.kind === 'mcp' && isOrdinary) {
      run.push(message)
      continue
    }
    flush()
    items.push(message)
  }
  flush()
  return items
}

function shortened(items: readonly (Message | Gap)[]): (Message | Gap)[] {
  if (items.length <= messageLimit) return [...items]
  const broken = items.findIndex((item) => !isGap(item) && item.broken)
  const keep = (index: number) =>
    index < messageLimit / 3 ||
    index >= items.length - messageLimit / 3 ||
    (broken >= 0 && Math.abs(index - broken) <= around)
  const kept: (Message | Gap)[] = []
  let left: (Message | Gap)[] = []
  for (const [index, item] of items.entries()) {
    if (!keep(index)) {
      left.push(item)
      continue
    }
    if (left.length > 0) {
      const { steps, failed } = stepsIn(left)
      kept.push({ note: `${counted(steps, 'step')} left out`, steps, failed })
    }
    left = []
    kept.push(item)
  }
  return kept
}

/** How many steps messages and gaps stand for, and how many of those failed. */
export function stepsIn(items: readonly (Message | Gap)[]): Omit<Gap, 'note'> {
  let steps = 0
  let failed = 0
  for (const item of items) {
    steps += isGap(item) ? item.steps : 1
    failed += isGap(item) ? item.failed : Number(!item.ok || item.fault === 'error')
  }
  return { steps, failed }
}

function withUnlisted(items: readonly (Message | Gap)[], flow: FlowReport): (Message | Gap)[] {
  const listed = flow.steps.filter(({ kind }) => kind === 'mcp' || kind === 'challenge').length
  const more = flow.calls - listed
  return more > 0
    ? [
        ...items,
        { note: `${counted(more, 'ordinary MCP call')} not listed`, steps: more, failed: 0 },
      ]
    : [...items]
}
