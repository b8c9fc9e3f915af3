import { randomBytes } from 'node:crypto'
import { judge, worse } from '../core/check.ts'
import type { Event, ExchangeEvent } from '../core/event.ts'
import { redactEvent } from '../core/redact-event.ts'
import { type Redactor, type Safe, createRedactor } from '../core/redact.ts'
import type { Outcome } from '../core/report.ts'
import type { Rule } from '../core/rule.ts'
import { Session } from '../core/session.ts'
import type { Options } from '../arguments.ts'
import { loadRules } from '../rules.ts'
import type { JudgedCapture, RuleOutcome } from '../sink/report/judged-capture.ts'
import { type Captures, openCaptures } from './captures.ts'
import { sessionOptions } from './judging.ts'
import type { Progress } from './progress.ts'

export interface Judged {
  readonly capture: JudgedCapture
  readonly redactor: Redactor
  /** What could not be read or concluded, a sentence each. */
  readonly problems: readonly string[]
}

/**
 * Reads captures, judges them as one session and redacts them. Every secret is learnt before the first value is redacted:
 * what an early exchange quotes of a late one is known by then. Returns undefined when `stopped` says so meanwhile.
 */
export async function judgeCaptures(
  paths: readonly string[],
  options: Options,
  progress: Progress,
): Promise<Judged | undefined> {
  progress.say('reading')
  const captures = await openCaptures(paths)
  const { rules, hash } = await loadRules(options.list('rules'))
  const redactor = createRedactor({ key: randomBytes(32), labels: captures.labels })
  const session = new Session(sessionOptions(options, { rules, hash, ...captures }))
  const events = await ingest(captures, session, redactor, progress)
  if (events === undefined) return undefined
  session.settle()
  const { complete, problems } = captures.outcome()
  await captures.close()
  if (!complete) session.markIncomplete()
  const report = redactor.value(session.report())
  const exchanges: Safe<ExchangeEvent>[] = []
  for (const event of events.values()) {
    if (await progress.pause()) return undefined
    exchanges.push(redacted(event, redactor))
  }
  return {
    redactor,
    problems: problems.map((problem) => redactor.text(problem)),
    capture: {
      report,
      exchanges,
      // What a capture says of its labels is other people's text as well.
      labels: redactor.value(redactor.facts()),
      rules: ruleOutcomes(rules, session, options.list('ignore')),
      targets: redactor.value(captures.targets),
      sources: paths,
    },
  }
}

async function ingest(
  { exchanges, size }: Captures,
  session: Session,
  redactor: Redactor,
  progress: Progress,
): Promise<Map<string, ExchangeEvent> | undefined> {
  const events = new Map<string, ExchangeEvent>()
  let count = 0
  for await (const exchange of exchanges()) {
    redactor.learn(exchange)
    for (const event of session.ingest(exchange))
      if (event.type === 'exchange') events.set(exchange.id, event.exchange)
    count += 1
    progress.say(`judging: ${count} of ${size} exchanges`)
    if (await progress.pause()) return undefined
  }
  return events
}

function redacted(exchange: ExchangeEvent, redactor: Redactor): Safe<ExchangeEvent> {
  const event: Event = { type: 'exchange', exchange }
  return (redactEvent(event, redactor) as Safe<Event> & { type: 'exchange' })
    .exchange as Safe<ExchangeEvent>
}

/** A rule's outcome over several flows is the worst of them. */
function ruleOutcomes(
  rules: readonly Rule[],
  session: Session,
  ignored: readonly string[],
): RuleOutcome[] {
  return rules
    .filter(({ id }) => !ignored.includes(id))
    .map((rule) => ({
      id: rule.id,
      title: rule.title,
      outcome: session.flows.reduce<Outcome>(
        (sum, flow) => worse(sum, judge(rule, flow).outcome),
        'silent',
      ),
    }))
}
