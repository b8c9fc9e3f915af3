import { type Fact, factOf } from '../../../core/verdict/fact.ts'
import type { Evidence, Finding } from '../../../core/verdict/report.ts'
import { counted, partyName, sentence } from '../../../core/verdict/words.ts'
import { type PlaceOfEvidence, placesOf } from '../places.ts'
import type { Block } from './blocks.ts'
import { code, codeCell, folded, prose, ruleProse } from './escape.ts'

export const severitySigns = { error: '❌', warning: '⚠️', info: 'ℹ️' } as const

/** Of one finding. */
const placeLimit = 8
/** A longer value is not told a second time as the client saw it, with the proxy's address in it. */
const seenLimit = 100

/** What broke the flow, as whoever has to act reads it: the two values that disagree, the fix, the evidence. */
export function causeText(cause: Finding, detail: string): string {
  const title = `### ${cause.past === true ? 'Cause then' : 'Cause'}: ${prose(cause.title)}`
  const fact = factOf(cause)
  return joined([
    title,
    prose(detail, 1500),
    factTable(fact),
    `**Fix:** ${ruleProse(cause.remedy)}`,
    ...hintText(cause),
    ...candidateTexts(cause),
    evidenceText(cause),
    `**Why it matters:** ${ruleProse(cause.why)}`,
    `${identity(cause)} ${specText(cause)}`,
  ])
}

/** Further findings, folded. @param told evidence that stands above already */
export function findingBlocks(
  title: string,
  findings: readonly Finding[],
  rank: number,
  told: Finding | undefined,
): Block[] {
  return findings.map((finding, index) => ({
    text: `${index === 0 ? `### ${title}\n\n` : ''}${folded(
      `${severitySigns[finding.severity]} ${finding.title} (${finding.rule})`,
      findingText(finding, told),
    )}`,
    rank: rank + (finding.severity === 'info' ? 2 : 0) + index / 1000,
    what: finding.severity === 'info' ? 'a note' : `finding ${code(finding.rule, 80)}`,
  }))
}

function findingText(finding: Finding, told: Finding | undefined): string {
  return joined([
    `${prose(sentence(finding.message), 1500)}.`,
    factTable(factOf(finding)),
    `**Fix:** ${ruleProse(finding.remedy)}`,
    ...hintText(finding),
    ...candidateTexts(finding),
    evidenceText(finding, told),
    `**Why it matters:** ${ruleProse(finding.why)}`,
    `${identity(finding)} ${specText(finding)}`,
  ])
}

function factTable({ subject, found, expected }: Fact): string {
  if (expected === undefined) return ''
  const was = found === undefined ? 'absent' : codeCell(found)
  return `| | ${codeCell(subject, 80)} |\n| --- | --- |\n| **Found** | ${was} |\n| **Expected** | ${codeCell(expected)} |`
}

function hintText({ hint }: Finding): string[] {
  return hint === undefined ? [] : [`**Hint:** ${ruleProse(hint)}`]
}

function candidateTexts({ candidates }: Finding): string[] {
  return (candidates ?? []).map(
    ({ fault, why }) => `**Maybe ${partyName[fault]}:** ${ruleProse(why)}`,
  )
}

function identity(finding: Finding): string {
  const { rule, variant, severity, fault, confidence, basis, past } = finding
  const who = fault === 'undetermined' ? 'undetermined' : partyName[fault]
  const notes = [
    severity,
    who,
    ...(confidence === 'likely' ? ['likely'] : []),
    ...(basis === 'recorded' ? ['taken from the record, because the value was redacted'] : []),
    ...(past === true ? ['mended since'] : []),
  ]
  return `${code(`${rule}${variant === undefined ? '' : `#${variant}`}`)} (${notes.join(', ')}).`
}

function specText({ spec }: Finding): string {
  return spec.length === 0
    ? ''
    : `By ${spec.map(({ ref, url }) => `[${prose(ref)}](${url})`).join(', ')}.`
}

function evidenceText({ evidence }: Finding, told?: Finding): string {
  const above = new Set(told?.evidence.map(spot))
  const news = placesOf(evidence.filter((one) => !above.has(spot(one))))
  const repeated = evidence.filter((one) => above.has(spot(one))).length
  const shown = news.slice(0, placeLimit).map(placeLine)
  const more = news.length - shown.length
  return [
    ...shown,
    ...(more > 0 ? [`- and ${counted(more, 'more place')}`] : []),
    ...(repeated > 0 ? [`- ${counted(repeated, 'place')} told of under the cause`] : []),
  ].join('\n')
}

/** What makes two places the same to a reader; a header is the same with its number and without. */
function spot({ exchange, at, text }: Evidence): string {
  return JSON.stringify([exchange, at.replace(/\[0\]$/, ''), text])
}

function placeLine({ exchanges, at, text, client, note }: PlaceOfEvidence): string {
  const seen =
    client === undefined || text.length > seenLimit
      ? ''
      : `, which the client saw as ${code(client)}`
  const said = note === undefined ? '' : ` (${prose(note, 200)})`
  const numbers = exchanges.map((one) => prose(one, 40))
  return `- exchange ${listed(numbers)}, ${code(at, 120)}: ${text === '' ? 'absent' : code(text)}${seen}${said}`
}

function listed(words: readonly string[]): string {
  const [last, ...others] = words.toReversed()
  return others.length === 0 ? last! : `${others.toReversed().join(', ')} and ${last}`
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join('\n\n')
}
