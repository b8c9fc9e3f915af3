import { randomBytes } from 'node:crypto'
import type { Exchange } from '../core/wire/exchange.ts'
import { redactExchange } from '../core/redact/event.ts'
import { type Redactor, type Safe, createRedactor } from '../core/redact/redactor.ts'
import type { Session } from '../core/session.ts'
import type { Signatures } from '../core/signatures.ts'
import type { FetchKeys } from '../core/wire/key-sets.ts'
import type { StepKind } from '../core/step/step.ts'
import type { Event, ExchangeEvent } from '../core/verdict/event.ts'
import type { Report } from '../core/verdict/report.ts'
import type { Rule } from '../core/verdict/rule.ts'
import { UserError } from '../errors.ts'
import { Run } from '../run.ts'
import type { PlacedExchange, RuleOutcome, WholeCapture } from '../sink/report/judged-capture.ts'
import type { Options } from './arguments.ts'
import { type Captures, openCaptures } from './captures.ts'
import { sessionOptions } from './judging.ts'
import type { Progress } from './progress.ts'
import { openVerifying } from './verifying.ts'
import { ShownExchanges } from './shown-exchanges.ts'

export interface Judged {
  readonly capture: WholeCapture
  readonly redactor: Redactor
  /** What could not be read or concluded, a sentence each. */
  readonly problems: readonly string[]
  /** On which line of its file each exchange begins that a finding cites. */
  lines(): Promise<ReadonlyMap<string, number>>
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
  const { fetchKeys, close } = await openVerifying(options)
  let judged: Judged | undefined
  try {
    judged = await judgeOpened(captures, paths, { options, fetchKeys }, progress)
    return judged
  } finally {
    await close()
    if (judged === undefined) await captures.close()
  }
}

async function judgeOpened(
  captures: Captures,
  paths: readonly string[],
  { options, fetchKeys }: { options: Options; fetchKeys: FetchKeys | undefined },
  progress: Progress,
): Promise<Judged | undefined> {
  const redactor = createRedactor({ key: randomBytes(32), labels: captures.labels })
  const session = await sessionOptions(options, captures)
  const places = new Places()
  const shown = new ShownExchanges()
  const run = new Run({
    session,
    redactor,
    fetchKeys,
    // Documents are written once all is judged; nothing is told meanwhile.
    sinks: [],
    taken: (exchange, events) => {
      places.take(exchange, events)
      for (const event of events) if (event.type === 'exchange') shown.take(event.exchange)
    },
  })
  if (!(await run.replay(captures, progress))) return undefined
  const { problems } = captures.outcome()
  const plain = await run.finish()
  const report = redactor.value(plain)
  const exchanges: Safe<ExchangeEvent>[] = []
  for (const event of shown.of(run.session, plain.findings)) {
    if (await progress.pause()) return undefined
    exchanges.push(redactExchange(event, redactor))
  }
  return {
    redactor,
    problems: problems.map((problem) => redactor.text(problem)),
    lines: () => captures.lines(citedIn(plain)),
    close: () => captures.close(),
    capture: {
      report,
      exchanges,
      every: () => every(captures, places, { redactor, signatures: run.signatures }, progress),
      // What a capture says of its labels is other people's text as well.
      labels: redactor.value(redactor.facts()),
      rules: ruleOutcomes(session.rules, run.session),
      targets: redactor.value(captures.targets),
      sources: paths,
    },
  }
}

function citedIn({ findings }: Report): Set<string> {
  return new Set(findings.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange)))
}

/** What the exchanges were taken for, in the order in which they were read. */
class Places {
  readonly steps: StepKind[] = []
  readonly flows: string[] = []
  /** Of exchanges that are told again when they turn out to belong to another flow. A call is not; there may be millions. */
  readonly #moving = new Map<string, number>()

  take({ id }: Exchange, events: readonly Event[]): void {
    const here = this.steps.length
    for (const event of events) {
      if (event.type !== 'exchange') continue
      const { exchange, step, flow } = event.exchange
      const place = exchange.id === id ? here : this.#moving.get(exchange.id)
      if (place === undefined) continue
      this.steps[place] = step.kind
      this.flows[place] = flow
      if (step.kind !== 'mcp') this.#moving.set(exchange.id, place)
    }
  }
}

async function* every(
  captures: Captures,
  { steps, flows }: Places,
  { redactor, signatures }: { redactor: Redactor; signatures: Signatures },
  progress: Progress,
): AsyncIterable<PlacedExchange> {
  let index = 0
  for await (const exchange of captures.exchanges()) {
    const step = steps[index]
    const flow = flows[index]
    if (step === undefined || flow === undefined) break
    yield { exchange: redactor.exchange(signatures.known(exchange), true), step, flow }
    index += 1
    progress.say(`writing: ${index} of ${steps.length} exchanges`)
  }
  if (index < steps.length)
    throw new UserError(
      'ECAPTURE',
      'The capture changed while it was being read.',
      'Run the command again.',
    )
}

/** In the order of the rules; what was asked to be left out is not among them. */
function ruleOutcomes(rules: readonly Rule[], session: Session): RuleOutcome[] {
  const outcomes = session.outcomes()
  return rules.flatMap(({ id, title }) => {
    const outcome = outcomes.get(id)
    return outcome === undefined ? [] : [{ id, title, outcome }]
  })
}
