import { faultyExchanges } from '../../../core/verdict/culprit.ts'
import type { ExchangeEvent } from '../../../core/verdict/event.ts'
import type { Exchange, Touch } from '../../../core/wire/exchange.ts'
import { counted } from '../../../core/verdict/words.ts'
import { cut } from '../cut.ts'
import type { Anchor } from './findings.ts'
import { decodedLabels, readableBody, requestHead, responseHead } from '../http-text.ts'
import { type JudgedCapture, brokenExchange } from '../judged-capture.ts'
import { type Markup, lines, markup } from '../markup.ts'
import { soughtInVain } from '../sought.ts'
import { Likes, byWeight } from './likes.ts'

/** Of a body, in characters; the whole is in the HAR. */
const bodyLimit = 20_000
/** More lines than this no browser shows at ease. */
const exchangeLimit = 2000
/** Of exchanges that are shown whole, in characters. */
const wholeLimit = 450_000
/** A text of fewer characters is sooner read again than looked up. */
const sameFrom = 200
/** So many lines in a row are shown before they are folded. */
const runLimit = 5

/** The exchanges that a page shows: all, or without ordinary calls where there are too many. */
export function shownExchanges({ exchanges, report }: JudgedCapture): ExchangeEvent[] {
  if (exchanges.length <= exchangeLimit) return [...exchanges]
  const cited = new Set(report.findings.flatMap((one) => one.evidence.map((at) => at.exchange)))
  const telling = exchanges.filter(
    ({ exchange, step }) => cited.has(exchange.id) || step.kind !== 'mcp' || !step.ok,
  )
  const first = new Set([...telling.slice(0, exchangeLimit), ...exchanges].slice(0, exchangeLimit))
  return exchanges.filter((event) => first.has(event) || cited.has(event.exchange.id))
}

/**
 * The exchange browser: a fold for each, in the order of time. Of many that are alike the first are shown whole, and the others are
 * a line that names one of them; runs of lines are folded.
 */
export function* exchangeFolds(
  shown: readonly ExchangeEvent[],
  capture: JudgedCapture,
  anchor: Anchor,
): Iterable<Markup> {
  const folds = new Folds(capture, anchor)
  const whole = new Map<string, Markup>()
  let room = wholeLimit
  for (const event of byWeight(shown, capture)) {
    if (room <= 0 || folds.likes.of(event) !== undefined) continue
    const fold = folds.whole(event)
    room -= fold.text.length
    folds.likes.add(event)
    whole.set(event.exchange.id, fold)
  }
  let run: Line[] = []
  for (const event of shown) {
    const fold = whole.get(event.exchange.id)
    if (fold === undefined) run.push(folds.line(event))
    else {
      yield* foldedRun(run)
      run = []
      yield fold
    }
  }
  yield* foldedRun(run)
}

/** An exchange that is not shown whole. */
interface Line {
  readonly text: Markup
  /** Else there was no room for it. */
  readonly isAlike: boolean
}

function foldedRun(run: readonly Line[]): readonly Markup[] {
  const texts = run.map(({ text }) => text)
  if (run.length <= runLimit) return texts
  const exchanges = counted(run.length, 'exchange')
  const title = run.every(({ isAlike }) => isAlike)
    ? `${exchanges} like others here`
    : `${exchanges}, a line each: this page has no room for all of them`
  return [
    markup`<details class="likes"><summary>${title}</summary><div class="inside">${texts}</div></details>\n`,
  ]
}

/** The folds of one page. */
class Folds {
  readonly likes: Likes
  readonly #anchor: Anchor
  readonly #broken: string | undefined
  readonly #sought: ReadonlySet<string>
  readonly #faulty: ReturnType<typeof faultyExchanges>
  /** In which exchange a text stands. */
  readonly #told = new Map<string, string>()

  constructor(capture: JudgedCapture, anchor: Anchor) {
    this.likes = new Likes(capture)
    this.#anchor = anchor
    this.#broken = brokenExchange(capture)
    this.#sought = soughtInVain(capture.report)
    this.#faulty = faultyExchanges(capture.report)
  }

  whole(event: ExchangeEvent): Markup {
    const { exchange, step, flow } = event
    const { id, request, response, touched } = exchange
    const isBroken = id === this.#broken
    return markup`<details class="exchange${isBroken && ' broken'}" ${this.#attributes(event)}>
<summary>${this.#sign(event)} <strong>${id}</strong> ${step.summary}${isBroken && markup` <span class="tag error">first broken step</span>`}
<span class="line mono">${request.method} ${cut(decodedLabels(request.url), 300)} → ${outcome(exchange)}${took(exchange)}</span></summary>
<div class="inside">
<p class="soft">${timeOf(exchange)}, ${step.kind}, flow ${flow}${exchange.client !== '' && `, client ${exchange.client}`}${request.via !== undefined && `, asked as ${request.via}`}</p>
<div class="pair">
<div><h4>Request</h4>${this.#message(id, requestHead(exchange), readableBody(request, bodyLimit))}</div>
<div><h4>Response</h4>${this.#message(id, responseHead(exchange), readableBody(response, bodyLimit))}${cutOff(exchange)}</div>
</div>
${touched.length > 0 && touches(touched)}</div>
</details>
`
  }

  line(event: ExchangeEvent): Line {
    const { exchange, step } = event
    const like = this.likes.of(event)
    const link =
      like === undefined
        ? ', whole in the HAR alone'
        : markup`, like <a href="#${this.#anchor(like) ?? ''}">${like}</a>`
    const text = markup`<p class="exchange like" ${this.#attributes(event)}>${this.#sign(event)} <strong>${exchange.id}</strong> ${step.summary} <span class="soft">${timeOf(exchange).split(' ').at(-1)!}${took(exchange)}${link}</span></p>
`
    return { text, isAlike: like !== undefined }
  }

  #attributes(event: ExchangeEvent): Markup {
    return markup`id="${this.#anchor(event.exchange.id) ?? ''}" data-ok="${this.#sign(event) === '✗' ? 'no' : 'yes'}"`
  }

  #sign({ exchange: { id }, step }: ExchangeEvent): string {
    if (this.#sought.has(id)) return '·'
    return step.ok && this.#faulty.get(id) !== 'error' ? '✓' : '✗'
  }

  #message(id: string, head: readonly string[], body: string): Markup {
    return markup`${this.#text(id, head.join('\n'), 'head')}${body !== '' && this.#text(id, body, 'body')}`
  }

  /** A text, or where it stands already. */
  #text(id: string, text: string, what: 'head' | 'body'): Markup {
    const told = text.length < sameFrom ? undefined : this.#told.get(text)
    if (told !== undefined)
      return markup`<p class="soft">The same ${what} as in <a href="#${this.#anchor(told) ?? ''}">exchange ${told}</a>.</p>`
    this.#told.set(text, id)
    return markup`<pre>${lines(text)}</pre>`
  }
}

function outcome({ response, failure, handedOver }: Exchange): string {
  if (response !== undefined) return String(response.status)
  return failure?.code ?? (handedOver === true ? 'browser sent on' : 'no answer')
}

function took({ startedAt, endedAt }: Exchange): string {
  return endedAt === undefined ? '' : `, ${Math.max(0, Math.round(endedAt - startedAt))} ms`
}

function cutOff({ response }: Exchange): Markup | false {
  return (
    response !== undefined &&
    !response.complete &&
    markup`<p class="soft">The response broke off here.</p>`
  )
}

function touches(touched: readonly Touch[]): Markup {
  const rows = touched.map(
    ({ at, client, upstream, why }) =>
      markup`<tr><td class="mono">${at}</td><td><code>${cut(client, 500)}</code></td><td><code>${cut(upstream, 500)}</code></td><td>${why}</td></tr>\n`,
  )
  return markup`<details><summary>${counted(touched.length, 'value')} changed by authtap on the way</summary><div class="inside scroll"><table><thead><tr><th>Where</th><th>The client's side</th><th>The server's side</th><th>Why</th></tr></thead><tbody>${rows}</tbody></table></div></details>
`
}

function timeOf({ startedAt }: Exchange): string {
  const date = new Date(startedAt)
  return Number.isNaN(date.getTime()) ? 'time unknown' : date.toISOString().replace('T', ' ')
}
