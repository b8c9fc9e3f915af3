import type { Exchange } from '../../../core/wire/exchange.ts'
import type { Evidence, Finding } from '../../../core/verdict/report.ts'
import { counted, sentence } from '../../../core/verdict/words.ts'
import { captureGaps, outcomeLine } from '../coverage.ts'
import { cut } from '../cut.ts'
import { looksLine, removedLine } from '../removed.ts'
import { verdictLine } from '../verdict-line.ts'
import { readableBody, requestHead, responseHead, tellsOfAuthorization } from '../http-text.ts'
import {
  type JudgedCapture,
  blindLegs,
  brokenExchange,
  causeOf,
  consequencesOf,
  deniers,
  failedExchange,
} from '../judged-capture.ts'
import { code, codeBlock, codeCell, folded, prose } from './escape.ts'
import { type Block, fitted } from './blocks.ts'
import { causeText, findingBlocks } from './findings.ts'
import { partyLines } from '../parties.ts'
import { clientRows, clientsTitle } from '../clients.ts'
import { stepBlocks } from './steps.ts'

const signs = { FAIL: '❌', PASS: '✅', INCOMPLETE: '⚠️' } as const

/**
 * One comment for GitHub, within the size of one: what broke and how to mend it on the first screen, then the steps around it, the
 * calls that failed, who took part, what follows, and what could not be judged, folded.
 */
export function* md(capture: JudgedCapture): Iterable<string> {
  const { report } = capture
  const cause = causeOf(report)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const others = report.findings.filter((one) => one !== cause && !effects.includes(one))
  yield fitted([
    ...verdictBlocks(capture, cause),
    ...stepBlocks(capture),
    ...excerpts(capture, cause),
    { text: partiesText(capture), rank: 3, what: 'the parties' },
    ...findingBlocks('Consequences', effects, 4, cause),
    ...findingBlocks('Other findings', others, 5, cause),
    { text: blindText(capture), rank: 2, what: 'what could not be judged' },
    { text: clientsText(capture), rank: 6, what: 'the table of clients' },
    { text: checklistText(capture), rank: 9, what: 'the checklist' },
    { text: footer(capture), rank: 0, what: 'the footer' },
  ])
}

/** The verdict line. What it says of the cause stands once: under the cause. */
function verdictBlocks({ report }: JudgedCapture, cause: Finding | undefined): Block[] {
  const { verdict, text, detail } = verdictLine(report)
  const head = `## ${signs[verdict]} ${verdict}: ${prose(text)}`
  if (cause === undefined || cause.past === true)
    return [
      { text: `${head}\n\n${prose(detail, 1500)}`, rank: 0, what: 'the verdict' },
      ...(cause === undefined
        ? []
        : [
            {
              text: causeText(cause, `${sentence(cause.message)}.`),
              rank: 1,
              what: 'the cause',
            },
          ]),
    ]
  return [
    { text: head, rank: 0, what: 'the verdict' },
    { text: causeText(cause, detail), rank: 1, what: 'the cause' },
  ]
}

function partiesText(capture: JudgedCapture): string {
  const rows = partyLines(capture).map(
    ({ party, facts }) =>
      `| ${party} | ${facts.length === 0 ? 'nothing known' : facts.map((fact) => codeCell(fact, 160)).join('<br>')} |`,
  )
  return `### Parties\n\n${['| Party | Seen as |', '| --- | --- |', ...rows].join('\n')}`
}

/** The call that failed, then the exchanges that the cause rests on, short. */
function excerpts(capture: JudgedCapture, cause: Finding | undefined): Block[] {
  if (cause === undefined) return []
  const cited = [
    failedExchange(capture),
    brokenExchange(capture),
    ...cause.evidence.map(({ exchange }) => exchange),
  ]
  const ids = [...new Set(cited)].filter((id) => id !== undefined).slice(0, 4)
  return ids.flatMap((id, index) => {
    const event = capture.exchanges.find(({ exchange }) => exchange.id === id)
    if (event === undefined) return []
    const { exchange, step } = event
    const text = excerpt(
      exchange,
      cause.evidence.filter(({ exchange }) => exchange === id),
    )
    const summary = `Exchange ${id}: ${step.summary}`
    return [
      {
        text: `${index === 0 ? '### Excerpts\n\n' : ''}${folded(summary, codeBlock(text, 'http'))}`,
        rank: 6 + index / 10,
        what: `the excerpt of exchange ${prose(id, 40)}`,
      },
    ]
  })
}

/** An exchange without the fields that say nothing about authorization, unless the finding rests on them. */
function excerpt(exchange: Exchange, evidence: readonly Evidence[]): string {
  const cited = evidence.flatMap(({ at }) => /header\.([^[]+)/.exec(at)?.[1] ?? [])
  const shows = (name: string) => tellsOfAuthorization(name) || cited.includes(name.toLowerCase())
  const parts = [
    ...requestHead(exchange, shows).map((line) => `> ${line}`),
    '',
    readableBody(exchange.request, 1200),
    '',
    ...responseHead(exchange, shows).map((line) => `< ${line}`),
    '',
    readableBody(exchange.response, 1200),
  ]
  return parts
    .flatMap((part) => part.split('\n'))
    .map((line) => cut(line, 300))
    .filter((line, index, all) => line !== '' || (all[index - 1] ?? '') !== '')
    .slice(0, 60)
    .join('\n')
    .trim()
}

function blindText({ report }: JudgedCapture): string {
  const lines = [
    ...[...blindLegs(report)].map(
      ([leg, rules]) =>
        `- ${sentence(leg)} was not visible: ${rules
          .slice(0, 12)
          .map((rule) => code(rule, 80))
          .join(', ')}${rules.length > 12 ? ` and ${rules.length - 12} more` : ''}`,
    ),
    ...captureGaps(report).map((gap) => `- ${prose(gap)}`),
    ...report.ignored.slice(0, 20).map((rule) => `- ${code(rule, 80)} was left out by --ignore`),
  ]
  return lines.length === 0 ? '' : folded('Could not be judged', lines.join('\n'))
}

function clientsText({ report }: JudgedCapture): string {
  const marks = { pass: '✅', refuse: '❌', blind: '❔' }
  const rows = clientRows(report).map(
    ({ name, target, outcome, verdict, because, source }) =>
      `| ${prose(name)} | ${codeCell(target, 160)} | ${marks[outcome]} ${verdict} | ${prose(because, 300)} | ${prose(source)} |`,
  )
  if (rows.length === 0) return ''
  const head = [
    '| Client | Server | Verdict | Why | Known from |',
    '| --- | --- | --- | --- | --- |',
  ]
  return `### ${clientsTitle}\n\n${[...head, ...rows].join('\n')}`
}

function checklistText({ report }: JudgedCapture): string {
  const marks = { pass: '✅ pass', fail: '❌ fail', blind: '❔ blind', 'not-seen': 'not seen' }
  const rows = report.checklist.map(
    (entry) =>
      `| ${entry.item} | ${prose(entry.text)} | ${[marks[entry.status], ...deniers(entry, report).map((rule) => code(rule, 80))].join(' ')} |`,
  )
  if (rows.length === 0) return ''
  return folded(
    'Checklist',
    ['| Item | What | Status |', '| --- | --- | --- |', ...rows].join('\n'),
  )
}

function footer({ report, labels }: JudgedCapture): string {
  const { exchanges } = report.capture
  return `<sub>${counted(exchanges, 'exchange')}, ${counted(report.flows.length, 'flow')}. ${prose(outcomeLine(report))} ${prose([removedLine(labels), looksLine(labels)].join(' ').trim())}</sub>`
}
