import type { Calls, Event, ExchangeEvent } from '../../core/verdict/event.ts'
import {
  type Change,
  type Exchange,
  type Held,
  changesIn,
  isUnderWay,
} from '../../core/wire/exchange.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import { BoundedMap } from '../../core/wire/bounded-map.ts'
import type { Finding, Report } from '../../core/verdict/report.ts'
import { safe, safeTexts } from '../../core/wire/safe-text.ts'
import { sentence } from '../../core/verdict/words.ts'
import { cut } from '../report/cut.ts'
import { goodbye } from './goodbye.ts'
import { checklistLines, findingLines, reportText } from './report.ts'
import type { Style } from './style.ts'

/** Where it depends on what was found, by the report. */
export type Next = (report: Report) => Safe<string>

export interface TextOptions {
  readonly style: Style
  readonly checklist: boolean
  readonly width: number
  /** Print exchanges and findings as they happen; otherwise only the report. */
  readonly live: boolean
  /** What happened was told while it did, on a screen or in lines: the end is a few lines. */
  readonly brief?: boolean
  /** What to do next, printed after a verdict that is no pass. */
  readonly next?: Next
}

/** What was said of a finding. */
type Said = Pick<Finding, 'severity' | 'message'>

/** When it is told again that an answer has not come, in seconds after the request. */
const patience = [3, 15, 60, 300]

/** Calls that are told together and get a line each. */
const readable = 10

/** What people read: a line an exchange as it happens, a block a finding, the verdict at the end. */
export class TextSink {
  readonly name = 'The output'
  readonly calls = true
  readonly #write: (text: string) => void
  readonly #options: TextOptions
  /** Exchanges whose line was printed as finished, or findings with what was said of them. */
  readonly #printed = new BoundedMap<true>(10_000)
  readonly #findings = new BoundedMap<Said>(10_000)
  /** Requests whose answer is waited for. */
  readonly #silent = new Map<string, NodeJS.Timeout>()

  constructor(write: (text: string) => void, options: TextOptions) {
    this.#write = (text) => write(options.style.shown(text))
    this.#options = options
  }

  get exchanges(): 'nothing' | 'outline' {
    return this.#options.live ? 'outline' : 'nothing'
  }

  event(event: Safe<Event>): void {
    if (event.type === 'report') {
      for (const timer of this.#silent.values()) clearTimeout(timer)
      this.#report(event.report as Safe<Report>)
    } else if (this.#options.live) this.#live(event)
  }

  #report(report: Safe<Report>): void {
    const { style, next, brief } = this.#options
    const clean = safeTexts(report) as Safe<Report>
    this.#write(brief === true ? goodbye(clean, style) : reportText(clean, style, this.#options))
    if (brief === true && this.#options.checklist)
      this.#write(`${checklistLines(clean, style).join('\n')}\n`)
    if (next !== undefined && report.verdict !== 'pass')
      this.#write(`${style.bold('Next')}  ${next(report)}\n`)
  }

  #live(event: Event): void {
    const { style } = this.#options
    if (event.type === 'exchange') this.#exchange(event.exchange)
    else if (event.type === 'calls') this.#calls(event.calls)
    else if (event.type === 'finding') {
      this.#finding(safeTexts(event.finding))
    } else if (event.type === 'finding-withdrawn') {
      const { id } = safeTexts(event['finding-withdrawn'])
      const said = this.#findings.get(id)
      this.#findings.delete(id)
      if (said !== undefined)
        this.#write(`${style.dim(`  withdrawn: ${said.severity} ${said.message}`)}\n`)
    } else if (event.type === 'rule-crashed') {
      const { rule, message } = safeTexts(event['rule-crashed'])
      this.#write(
        `${style.yellow(`  the rule ${rule} crashed (${message}); the other rules go on`)}\n`,
      )
    }
  }

  /** Once in full; then only what became of it. */
  #finding(finding: Finding): void {
    const { id, severity, message } = finding
    const said = this.#findings.get(id)
    if (said?.severity === severity || (said === undefined && severity === 'info')) return
    this.#findings.set(id, { severity, message })
    this.#write(
      said === undefined
        ? `${this.#firstSaid(finding).join('\n')}\n`
        : `${this.#options.style.dim(`  now ${severity}, before ${said.severity}: ${message}`)}\n`,
    )
  }

  /** What follows from another needs no more than a line: it is mended there. */
  #firstSaid(finding: Finding): string[] {
    const { style } = this.#options
    if (finding.causedBy === null) return ['', ...findingLines(finding, style), '']
    const text = `${style.follows} follows from it: ${finding.title}. ${sentence(finding.message)}`
    return [style.dim(`  ${cut(text, Math.min(style.width - 2, 240))}`)]
  }

  /** A request that nobody answers must not stay unseen. */
  #wait(event: ExchangeEvent, place = 0): void {
    const { id, startedAt, heldFor = 0 } = event.exchange
    clearTimeout(this.#silent.get(id))
    const seconds = patience[place]
    if (seconds === undefined) return
    const timer = setTimeout(
      () => {
        const mark = this.#options.style.yellow('…')
        this.#line(`#${id}`, { ...event, ...event.exchange, mark, after: `${seconds} s, silent` })
        this.#wait(event, place + 1)
      },
      // While it was held, nobody kept an answer back.
      Math.max(0, startedAt + heldFor + seconds * 1000 - Date.now()),
    )
    this.#silent.set(id, timer.unref())
  }

  #exchange(event: ExchangeEvent): void {
    const { exchange, step } = event
    if (exchange.held !== undefined) return this.#held(event, exchange.held)
    if (isUnderWay(exchange)) return this.#wait(event)
    clearTimeout(this.#silent.get(exchange.id))
    this.#silent.delete(exchange.id)
    const ended = exchange.endedAt !== undefined
    const key = `${exchange.id} ${ended}`
    if (this.#printed.has(key) || this.#printed.has(`${exchange.id} true`)) return
    this.#printed.set(key, true)
    const mark = this.#mark(step)
    this.#line(`#${exchange.id}`, { ...event, ...exchange, mark, after: took(exchange) })
    for (const change of changesIn(exchange)) this.#change(change)
  }

  /** It waits for a person and not for a server. */
  #held(event: ExchangeEvent, { since, until }: Held): void {
    const { exchange } = event
    clearTimeout(this.#silent.get(exchange.id))
    const key = `${exchange.id} held ${since}`
    if (this.#printed.has(key)) return
    this.#printed.set(key, true)
    const mark = this.#options.style.yellow('…')
    const seconds = until === undefined ? undefined : Math.round((until - since) / 1000)
    const after = seconds === undefined ? 'held' : `${seconds} s at most`
    this.#line(`#${exchange.id}`, { ...event, ...exchange, mark, after })
  }

  /** What was changed on purpose stands under the line of its exchange. */
  #change({ at, client, upstream, fault }: Change): void {
    const { style } = this.#options
    const shown = (value: string) =>
      value === '' ? 'nothing' : safe(JSON.stringify(cut(value, 100)))
    const who = fault === undefined ? 'changed' : `fault ${fault}`
    this.#write(
      `${style.yellow(`  ${who}: ${safe(at)}, the client's side ${shown(client)}, the server's ${shown(upstream)}`)}\n`,
    )
  }

  /** A line each, unless there are so many that nobody reads them. */
  #calls({ calls, model }: Calls): void {
    const { step, exchange } = model
    const { request } = exchange
    const mark = this.#mark(step)
    if (calls.length <= readable)
      for (const call of calls)
        this.#line(`#${call.id}`, { ...call, step, request, mark, after: took(call) })
    else {
      const [{ id, startedAt }, last] = [calls[0]!, calls.at(-1)!]
      const many = { ...step, summary: `${step.summary}, ${calls.length} times` }
      const after = took({ startedAt, endedAt: last.endedAt })
      this.#line(`#${id}–#${last.id}`, { startedAt, step: many, request, mark, after })
    }
  }

  #mark({ ok }: ExchangeEvent['step']): string {
    const { style } = this.#options
    return ok ? style.green(style.pass) : style.red(style.fail)
  }

  #line(id: string, { startedAt, step, request, mark, after }: Line): void {
    const { style } = this.#options
    const time = new Date(startedAt).toISOString().slice(11, 19)
    const number = safe(id).padStart(4)
    const where = safe(`${request.method} ${request.url.split('?', 1)[0]}`)
    // One exchange is one line of the terminal: where it went goes first, then the end of what it is.
    const room = style.width - time.length - number.length - after.length - 5
    const what = cut(safe(step.summary), Math.max(20, Math.min(room, 400)))
    const rest = room - Math.max(48, what.length) - 2
    const place = where.length <= rest ? where : rest < 24 ? '' : cut(where, rest)
    const middle =
      place === ''
        ? `${what.padEnd(Math.min(48, room))} `
        : `${what.padEnd(48)} ${style.dim(place)}  `
    this.#write(`${style.dim(time)} ${number} ${mark} ${middle}${style.dim(after)}\n`)
  }
}

/** What a line says of one exchange, or of several. */
interface Line extends Pick<Exchange, 'startedAt' | 'request'>, Pick<ExchangeEvent, 'step'> {
  readonly mark: string
  readonly after: string
}

function took({
  startedAt,
  endedAt,
  heldFor,
}: Pick<Exchange, 'startedAt' | 'endedAt' | 'heldFor'>): string {
  const held = heldFor === undefined ? '' : `, ${Math.round(heldFor)} of them held`
  return endedAt === undefined ? 'open' : `${Math.round(endedAt - startedAt)} ms${held}`
}
