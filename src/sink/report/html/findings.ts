import type { Evidence, Finding } from '../../../core/verdict/report.ts'
import { counted, partyName, sentence } from '../../../core/verdict/words.ts'
import { cut } from '../cut.ts'
import { type JudgedCapture, causeOf, consequencesOf } from '../judged-capture.ts'
import { type Markup, markup } from '../markup.ts'

export type Anchor = (exchange: string) => string | undefined

/** The cause with its consequences first, then every other finding; beyond `limit` they are counted. */
export function findingCards({ report }: JudgedCapture, anchor: Anchor, limit: number): Markup[] {
  const cause = causeOf(report)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const known = new Set(cause === undefined ? effects : [cause, ...effects])
  const others = report.findings.filter((one) => !known.has(one))
  const room = Math.max(0, limit - Math.min(effects.length, limit))
  const left = Math.max(0, effects.length - limit) + Math.max(0, others.length - room)
  return [
    ...(cause === undefined ? [] : [card(cause, anchor, true, effects.slice(0, limit))]),
    ...others.slice(0, room).map((finding) => card(finding, anchor, false, [])),
    ...(left === 0
      ? []
      : [markup`<p class="soft">${counted(left, 'more finding')} not shown.</p>\n`]),
  ]
}

function card(
  finding: Finding,
  anchor: Anchor,
  isCause: boolean,
  effects: readonly Finding[],
): Markup {
  const { severity, confidence, basis, rule, variant, title, message, why, remedy, hint } = finding
  const who = finding.fault === 'undetermined' ? 'undetermined' : partyName[finding.fault]
  const notes = [
    ...(confidence === 'likely' ? ['likely'] : []),
    ...(finding.past === true ? ['mended since'] : []),
    ...(basis === 'recorded' ? ['from the record: the value was redacted'] : []),
  ]
  return markup`<article class="card">
<span class="tag ${severity}">${severity === 'info' ? 'note' : severity}</span>
<h3>${isCause && (finding.past === true ? 'Cause then: ' : 'Cause: ')}${title}</h3>
<p class="soft"><code>${rule}${variant !== undefined && `#${variant}`}</code>${notes.length > 0 && ` ${notes.join(', ')}`}</p>
<p>${sentence(message)}.</p>
<dl>
<dt>Who has to act</dt><dd>${sentence(who)}</dd>
${(finding.candidates ?? []).map((one) => markup`<dt>Maybe</dt><dd>${sentence(partyName[one.fault])}: ${one.why}</dd>\n`)}<dt>Fix</dt><dd><strong>${remedy}</strong></dd>
${hint !== undefined && markup`<dt>Hint</dt><dd>${hint}</dd>\n`}<dt>Why it matters</dt><dd>${why}</dd>
${finding.evidence.length > 0 && markup`<dt>Evidence</dt><dd><ul>${finding.evidence.map((one) => evidenceItem(one, anchor))}</ul></dd>\n`}${finding.spec.length > 0 && markup`<dt>Specification</dt><dd>${specLinks(finding)}</dd>\n`}</dl>
${effects.length > 0 && markup`<h4>What follows from it</h4>\n${effects.map((effect) => card(effect, anchor, false, []))}`}</article>
`
}

function specLinks({ spec }: Finding): Markup[] {
  return spec.map(
    ({ ref, url }, index) =>
      markup`${index > 0 && ', '}<a href="${url}" rel="noreferrer noopener">${ref}</a>`,
  )
}

function evidenceItem({ exchange, at, text, client, note }: Evidence, anchor: Anchor): Markup {
  const target = anchor(exchange)
  const place =
    target === undefined
      ? markup`exchange ${exchange}`
      : markup`<a href="#${target}">exchange ${exchange}</a>`
  return markup`<li>${place}, <span class="mono">${at}</span>: ${
    text === '' ? 'absent' : markup`<code>${cut(text, 1000)}</code>`
  }${client !== undefined && markup`, which the client saw as <code>${cut(client, 1000)}</code>`}${
    note !== undefined && ` (${note})`
  }</li>`
}
