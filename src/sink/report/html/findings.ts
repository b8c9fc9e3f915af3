import { factOf } from '../../../core/verdict/fact.ts'
import type { Finding } from '../../../core/verdict/report.ts'
import { counted, partyName, sentence } from '../../../core/verdict/words.ts'
import { cut } from '../cut.ts'
import { type JudgedCapture, causeOf, consequencesOf } from '../judged-capture.ts'
import { type Markup, markup, sentenceMarkup } from '../markup.ts'
import { type PlaceOfEvidence, placesOf } from '../places.ts'

/** A longer value is not told a second time as the client saw it, with the proxy's address in it. */
const seenLimit = 100

export type Anchor = (exchange: string) => string | undefined

/** What broke the flow, first of all findings; the verdict above it says already what was seen. */
export function causeCard({ report }: JudgedCapture, anchor: Anchor): Markup | undefined {
  const cause = causeOf(report)
  return cause && card(cause, anchor, cause.past === true ? undefined : 'told')
}

/** What follows from the cause, then every other finding; beyond `limit` they are counted. */
export function otherCards({ report }: JudgedCapture, anchor: Anchor, limit: number): Markup[] {
  const cause = causeOf(report)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const known = new Set(cause === undefined ? effects : [cause, ...effects])
  const others = report.findings.filter((one) => !known.has(one))
  const shownEffects = effects.slice(0, limit)
  const shownOthers = others.slice(0, limit - shownEffects.length)
  const left = effects.length + others.length - shownEffects.length - shownOthers.length
  return [
    ...(shownEffects.length === 0 ? [] : [markup`<h3>What follows from the cause</h3>\n`]),
    ...shownEffects.map((finding) => card(finding, anchor)),
    ...(shownEffects.length === 0 || shownOthers.length === 0
      ? []
      : [markup`<h3>What else was found</h3>\n`]),
    ...shownOthers.map((finding) => card(finding, anchor)),
    ...(left === 0
      ? []
      : [markup`<p class="soft">${counted(left, 'more finding')} not shown.</p>\n`]),
  ]
}

function card(finding: Finding, anchor: Anchor, told?: 'told'): Markup {
  const { severity, title, message, why, remedy, hint, evidence, candidates } = finding
  const who = finding.fault === 'undetermined' ? 'undetermined' : partyName[finding.fault]
  return markup`<article class="card">
<span class="tag ${severity}">${severity === 'info' ? 'note' : severity}</span>
<h3>${title}</h3>
${told === undefined && markup`<p>${sentence(message)}.</p>\n`}${disagreement(finding)}<dl>
<dt>Fix</dt><dd><strong>${sentenceMarkup(remedy)}</strong></dd>
${hint !== undefined && markup`<dt>Hint</dt><dd>${sentenceMarkup(hint)}</dd>\n`}<dt>Who has to act</dt><dd>${sentence(who)}</dd>
${(candidates ?? []).map((one) => markup`<dt>Maybe</dt><dd>${sentence(partyName[one.fault])}: ${sentenceMarkup(one.why)}</dd>\n`)}${
    evidence.length > 0 &&
    markup`<dt>Evidence</dt><dd><ul>${placesOf(evidence).map((one) => placeItem(one, anchor))}</ul></dd>\n`
  }<dt>Why it matters</dt><dd>${sentenceMarkup(why)}</dd>
${finding.spec.length > 0 && markup`<dt>Specification</dt><dd>${specLinks(finding)}</dd>\n`}<dt>Rule</dt><dd>${ruleName(finding)}</dd>
</dl></article>
`
}

/** The two values that should be the same. */
function disagreement(finding: Finding): Markup | false {
  const { subject, found, expected } = factOf(finding)
  return (
    expected !== undefined &&
    markup`<table class="fact"><thead><tr><th></th><th><code>${subject}</code></th></tr></thead><tbody>
<tr class="found"><th scope="row">Found</th><td>${found === undefined ? 'absent' : markup`<code>${cut(found, 600)}</code>`}</td></tr>
<tr class="expected"><th scope="row">Expected</th><td><code>${cut(expected, 600)}</code></td></tr>
</tbody></table>
`
  )
}

function ruleName({ rule, variant, confidence, basis, past }: Finding): Markup {
  const notes = [
    ...(confidence === 'likely' ? ['likely'] : []),
    ...(past === true ? ['mended since'] : []),
    ...(basis === 'recorded' ? ['from the record: the value was redacted'] : []),
  ]
  return markup`<code>${rule}${variant !== undefined && `#${variant}`}</code>${notes.length > 0 && ` (${notes.join(', ')})`}`
}

function specLinks({ spec }: Finding): Markup[] {
  return spec.map(
    ({ ref, url }, index) =>
      markup`${index > 0 && ', '}<a href="${url}" rel="noreferrer noopener">${ref}</a>`,
  )
}

function placeItem({ exchanges, at, text, client, note }: PlaceOfEvidence, anchor: Anchor): Markup {
  const links = exchanges.map((exchange, index) => {
    const target = anchor(exchange)
    const shown = target === undefined ? exchange : markup`<a href="#${target}">${exchange}</a>`
    return markup`${index > 0 && ', '}${shown}`
  })
  return markup`<li>exchange ${links}, <span class="mono">${at}</span>: ${
    text === '' ? 'absent' : markup`<code>${cut(text, 1000)}</code>`
  }${client !== undefined && text.length <= seenLimit && markup`, which the client saw as <code>${cut(client, 1000)}</code>`}${
    note !== undefined && ` (${note})`
  }</li>`
}
