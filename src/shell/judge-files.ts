import { randomBytes } from 'node:crypto'
import type { Event, ExchangeEvent } from '../core/verdict/event.ts'
import { redactEvent } from '../core/redact/event.ts'
import { type Redactor, type Safe, createRedactor } from '../core/redact/redactor.ts'
import type { Rule } from '../core/verdict/rule.ts'
import { Session } from '../core/session.ts'
import type { StepKind } from '../core/step/step.ts'
import { UserError } from '../errors.ts'
import type { Options } from './arguments.ts'
import { loadRules } from '../rules.ts'
import type { PlacedExchange, RuleOutcome, WholeCapture } from '../sink/report/judged-capture.ts'
import { type Captures, openCaptures } from './captures.ts'
import { sessionOptions } from './judging.ts'
import type { Progress } from './progress.ts'
import { ShownExchanges } from './shown-exchanges.ts'

export interface Judged {
  readonly capture: WholeCapture
  readonly redactor: Redactor
  /** What could not be read or concluded, a sentence each. */
  readonly problems: readonly string[]
  /** Nothing will be asked of the captures any more. */
  close(): Promise<void>
}

/**
 * Reads captures, judges them as one session and redacts them. Every secret is learnt before the first value is redacted:
 * what an early exchange quotes of a late one is known by then. Returns undefined when `progress` says to stop meanwhile.
 */
export async function judgeCaptures(
  paths: readonly string[],
  options: Options,
  progress: Progress,
): Promise<Judged | undefined> {
  progress.say('reading')
  const captures = await openCaptures(paths)
  let judged: Judged | undefined
  try {
    judged = await judgeOpened(captures, paths, options, progress)
    return judged
  } finally {
    if (judged === undefined) await captures.close()
  }
}

async function judgeOpened(
  captures: Captures,
  paths: readonly string[],
  options: Options,
  progress: Progress,
): Promise<Judged | undefined> {
  const { rules, hash } = await loadRules(options.list('rules'))
  const redactor = createRedactor({ key: randomBytes(32), labels: captures.labels })
  const session = new Session(sessionOptions(options, { rules, hash, ...captures }))
  const taken = await ingest(captures, session, redactor, progress)
  if (taken === undefined) return undefined
  const { complete, problems } = captures.outcome()
  if (!complete) session.markIncomplete()
  session.settle()
  const plain = session.report()
  const report = redactor.value(plain)
  const exchanges: Safe<ExchangeEvent>[] = []
  for (const event of taken.shown.of(session, plain.findings)) {
    if (await progress.pause()) return undefined
    exchanges.push(redacted(event, redactor))
  }
  return {
    redactor,
    problems: problems.map((problem) => redactor.text(problem)),
    close: () => captures.close(),
    capture: {
      report,
      exchanges,
      every: () => every(captures, taken, redactor, progress),
      // What a capture says of its labels is other people's text as well.
      labels: redactor.value(redactor.facts()),
      rules: ruleOutcomes(rules, session),
      targets: redactor.value(captures.targets),
      sources: paths,
    },
  }
}

/** What was made of the exchanges, in the order in which they were read. */
interface Taken {
  readonly shown: ShownExchanges
  readonly steps: readonly StepKind[]
  readonly flows: readonly string[]
}

async function ingest(
  { exchanges, size }: Captures,
  session: Session,
  redactor: Redactor,
  progress: Progress,
): Promise<Taken | undefined> {
  const shown = new ShownExchanges()
  const steps: StepKind[] = []
  const flows: string[] = []
  /** Of exchanges that are told again when they turn out to belong to another flow. A call is not; there may be millions. */
  const places = new Map<string, number>()
  for await (const exchange of exchanges()) {
    redactor.learn(exchange)
    const here = steps.length
    for (const event of session.ingest(exchange)) {
      if (event.type !== 'exchange') continue
      const { exchange: told, step, flow } = event.exchange
      shown.take(event.exchange)
      const place = told.id === exchange.id ? here : places.get(told.id)
      if (place === undefined) continue
      steps[place] = step.kind
      flows[place] = flow
      if (step.kind !== 'mcp') places.set(told.id, place)
    }
    progress.say(`judging: ${steps.length} of ${size} exchanges`)
    if (await progress.pause()) return undefined
  }
  return { shown, steps, flows }
}

async function* every(
  captures: Captures,
  { steps, flows }: Taken,
  redactor: Redactor,
  progress: Progress,
): AsyncIterable<PlacedExchange> {
  let index = 0
  for await (const exchange of captures.exchanges()) {
    const step = steps[index]
    const flow = flows[index]
    if (step === undefined || flow === undefined) break
    yield { exchange: redactor.exchange(exchange), step, flow }
    index += 1
    progress.say(`writing: ${index} of ${steps.length} exchanges`)
  }
  if (index < steps.length)
    throw new UserError('ECAPTURE', 'The capture was changed while it was read.', 'Try again.')
}

function redacted(exchange: ExchangeEvent, redactor: Redactor): Safe<ExchangeEvent> {
  const event: Event = { type: 'exchange', exchange }
  return (redactEvent(event, redactor) as Safe<Event> & { type: 'exchange' })
    .exchange as Safe<ExchangeEvent>
}

/** In the order of the rules; what was asked to be left out is not among them. */
function ruleOutcomes(rules: readonly Rule[], session: Session): RuleOutcome[] {
  const outcomes = session.outcomes()
  return rules.flatMap(({ id, title }) => {
    const outcome = outcomes.get(id)
    return outcome === undefined ? [] : [{ id, title, outcome }]
  })
}
