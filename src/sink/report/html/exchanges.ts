import type { ExchangeEvent } from '../../../core/verdict/event.ts'
import type { Exchange, Touch } from '../../../core/wire/exchange.ts'
import { counted } from '../../../core/verdict/words.ts'
import { cut } from '../cut.ts'
import type { Anchor } from './findings.ts'
import { decodedLabels, readableBody, requestHead, responseHead } from '../http-text.ts'
import { type JudgedCapture, brokenExchange } from '../judged-capture.ts'
import { type Markup, lines, markup } from '../markup.ts'

/** Of a body, in characters; the whole is in the HAR. */
const bodyLimit = 20_000
/** More than this no browser shows at ease. */
const exchangeLimit = 2000

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

/** The exchange browser, a fold for each. */
export function exchangeFolds(
  shown: readonly ExchangeEvent[],
  capture: JudgedCapture,
  anchor: Anchor,
): Markup[] {
  const broken = brokenExchange(capture)
  return shown.map((event) => fold(event, event.exchange.id === broken, anchor))
}

function fold({ exchange, step, flow }: ExchangeEvent, isBroken: boolean, anchor: Anchor): Markup {
  const { id, request, response, touched, endedAt, startedAt } = exchange
  const took = endedAt === undefined ? '' : `, ${Math.max(0, Math.round(endedAt - startedAt))} ms`
  const status = response === undefined ? withoutAnswer(exchange) : String(response.status)
  return markup`<details class="exchange${isBroken && ' broken'}" id="${anchor(id) ?? ''}" data-ok="${step.ok ? 'yes' : 'no'}">
<summary>${step.ok ? '✓' : '✗'} <strong>${id}</strong> ${step.summary}${isBroken && markup` <span class="tag error">first broken step</span>`}
<span class="line mono">${request.method} ${cut(decodedLabels(request.url), 300)} → ${status}${took}</span></summary>
<div class="inside">
<p class="soft">${timeOf(startedAt)}, ${step.kind}, flow ${flow}${exchange.client !== '' && `, client ${exchange.client}`}${request.via !== undefined && `, asked as ${request.via}`}</p>
<div class="pair">
<div><h4>Request</h4>${message(requestHead(exchange), readableBody(request, bodyLimit))}</div>
<div><h4>Response</h4>${message(responseHead(exchange), readableBody(response, bodyLimit))}${cutOff(exchange)}</div>
</div>
${touched.length > 0 && touches(touched)}</div>
</details>
`
}

function withoutAnswer({ failure, handedOver }: Exchange): string {
  return failure?.code ?? (handedOver === true ? 'browser sent on' : 'no answer')
}

function message(head: readonly string[], body: string): Markup {
  return markup`<pre>${lines(head.join('\n'))}</pre>${body !== '' && markup`<pre>${lines(body)}</pre>`}`
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

function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? 'time unknown' : date.toISOString().replace('T', ' ')
}
