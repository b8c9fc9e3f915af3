import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { Options } from './arguments.ts'
import type { Event } from '../core/verdict/event.ts'
import type { Exchange } from '../core/wire/exchange.ts'
import { redactEvent } from '../core/redact/event.ts'
import { createRedactor } from '../core/redact/redactor.ts'
import { Session } from '../core/session.ts'
import { counted } from '../core/verdict/words.ts'
import { type FailOn, exitOf } from './exit.ts'
import { loadRules } from '../rules.ts'
import type { Captures } from './captures.ts'
import type { Context } from './context.ts'
import { sessionOptions } from './judging.ts'
import { openOutputs } from './outputs.ts'
import { Progress } from './progress.ts'
import type { Screen } from './screen.ts'

const notLive = 'This is a capture: there is no proxy to send it through, and its secrets are gone.'

/** Shows captures in the terminal UI while they are judged, until it is quit; then prints the verdict, and exits by it. */
export async function showCaptures(
  context: Context,
  options: Options,
  { captures, paths, screen }: { captures: Captures; paths: readonly string[]; screen: Screen },
): Promise<number> {
  const { rules, hash } = await loadRules(options.list('rules'))
  const session = new Session(sessionOptions(options, { rules, hash, ...captures }))
  const { labels, targets } = captures
  const withSecrets = options.has('with-secrets')
  const redactor = createRedactor({ key: randomBytes(32), labels, off: withSecrets })
  const outputs = await openOutputs(
    context,
    options,
    { live: false, inputs: paths, screen },
    redactor,
  )
  const tell = (events: readonly Event[]) => {
    for (const event of events) {
      const safe = redactEvent(event, redactor)
      for (const sink of outputs.sinks) sink.event(safe)
    }
  }
  const progress = new Progress(context)
  void screen.ended.then(() => screen.stop())
  screen.open({
    run: { session },
    redactor,
    targets: redactor.value(targets),
    urls: [],
    capture: paths.map((path) => basename(path)).join(', '),
    sources: paths,
    replay: () => notLive,
  })
  await judge(captures, { session, tell, learn: (one) => redactor.learn(one) }, (doing) => {
    screen.progress(doing)
    // Said on the normal screen once the other is closed.
    progress.say(screen.isOpen ? '' : doing)
    return progress.pause()
  })
  const problems = problemsOf(captures, progress.signal !== undefined)
  for (const problem of problems) outputs.say(problem)
  screen.progress(undefined)
  await Promise.race([context.ending, screen.ended])
  screen.stop()
  progress.end()
  // What was said on the other screen is gone with it.
  for (const problem of problems) outputs.say(problem)
  const report = session.report()
  tell([{ type: 'report', report }])
  await Promise.all(outputs.sinks.map(async (sink) => sink.close?.()))
  await outputs.close()
  return screen.code ?? exitOf(report, options.text('fail-on') as FailOn, false)
}

/** Each is said once, however often the capture was gone through. */
function problemsOf({ outcome }: Captures, stopped: boolean): string[] {
  const rest = stopped ? ['The rest of the capture was not read: asked to stop.'] : []
  return [...new Set(outcome().problems), ...rest]
}

interface Judging {
  readonly session: Session
  tell(events: readonly Event[]): void
  learn(exchange: Exchange): void
}

/**
 * Every secret is learnt before the first value is shown: what an early exchange quotes of a late one is known by then.
 * `pause` is told how far it is, lets keys and signals have their turn, and says when to stop.
 */
async function judge(
  captures: Captures,
  { session, tell, learn }: Judging,
  pause: (doing: string) => Promise<boolean>,
): Promise<void> {
  const learnt = await each(captures, (exchange, far) => {
    learn(exchange)
    return pause(`Looking for secrets: ${far}`)
  })
  const judged =
    learnt &&
    (await each(captures, (exchange, far) => {
      tell(session.ingest(exchange))
      return pause(`Judging: ${far}`)
    }))
  if (!judged || !captures.outcome().complete) session.markIncomplete()
  tell(session.settle())
}

/** False when it was stopped. */
async function each(
  { exchanges, size }: Captures,
  take: (exchange: Exchange, far: string) => Promise<boolean>,
): Promise<boolean> {
  let place = 0
  for await (const exchange of exchanges())
    if (await take(exchange, `${++place} of ${counted(size, 'exchange')}`)) return false
  return true
}
