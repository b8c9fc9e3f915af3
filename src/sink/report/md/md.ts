import type { Exchange } from '../../../core/wire/exchange.ts'
import type { Evidence, Finding } from '../../../core/verdict/report.ts'
import { counted, partyName, sentence } from '../../../core/verdict/words.ts'
import { captureGaps, outcomeLine } from '../coverage.ts'
import { cut } from '../cut.ts'
import { looksLine, removedLine } from '../removed.ts'
import { verdictLine } from '../verdict-line.ts'
import { readableBody, requestHead, responseHead, tellsOfAuthorization } from '../http-text.ts'
import {
  type JudgedCapture,
  blindLegs,
  causeOf,
  consequencesOf,
  deniers,
  flowsByInterest,
} from '../judged-capture.ts'
import { code, codeBlock, codeCell, folded, prose } from './escape.ts'
import { type Block, fitted } from './blocks.ts'
import { flowDiagram, flowTitle } from '../mermaid.ts'
import { partyLines } from '../parties.ts'
import { clientRows, clientsTitle } from '../clients.ts'
import { sequenceOf } from '../sequence.ts'

const signs = { FAIL: '❌', PASS: '✅', INCOMPLETE: '⚠️' } as const
const severitySigns = { error: '❌', warning: '⚠️', info: 'ℹ️' } as const

/** One comment for GitHub: verdict, parties, sequence, findings, excerpts, what was blind; within the size of a comment. */
export function* md(capture: JudgedCapture): Iterable<string> {
  const { report } = capture
  const cause = causeOf(report)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const others = report.findings.filter((one) => one !== cause && !effects.includes(one))
  yield fitted([
    { text: verdictText(capture), rank: 0, what: 'the verdict' },
    ...(cause === undefined
      ? []
      : [
          {
            text: `### ${cause.past === true ? 'Cause then' : 'Cause'}\n\n${findingText(cause, true)}`,
            rank: 1,
            what: 'the cause',
          },
        ]),
    ...diagrams(capture),
    { text: partiesText(capture), rank: 3, what: 'the parties' },
    ...excerpts(capture, cause),
    ...findingBlocks('Consequences', effects, 4),
    ...findingBlocks('Other findings', others, 5),
    { text: blindText(capture), rank: 2, what: 'what could not be judged' },
    { text: clientsText(capture), rank: 6, what: 'the table of clients' },
    { text: checklistText(capture), rank: 9, what: 'the checklist' },
    { text: footer(capture), rank: 0, what: 'the footer' },
  ])
}

function verdictText({ report }: JudgedCapture): string {
  const { verdict, text, detail } = verdictLine(report)
  return `## ${signs[verdict]} ${verdict}: ${prose(text)}\n\n${prose(detail, 1500)}`
}

function partiesText(capture: JudgedCapture): string {
  const rows = partyLines(capture).map(
    ({ party, facts }) =>
      `| ${party} | ${facts.length === 0 ? 'nothing known' : facts.map((fact) => codeCell(fact, 160)).join('<br>')} |`,
  )
  return ['| Party | Seen as |', '| --- | --- |', ...rows].join('\n')
}

/** More diagrams than these never fit into a comment. */
const drawnFlows = 20

function diagrams(capture: JudgedCapture): Block[] {
  const flows = flowsByInterest(capture.report)
  const drawn = flows.slice(0, drawnFlows).map((flow, index): Block => {
    const diagram = codeBlock(flowDiagram(sequenceOf(capture, flow)).trimEnd(), 'mermaid')
    const title = sentence(flowTitle(flow))
    return index === 0
      ? { text: `### Sequence\n\n${diagram}`, rank: 2, what: 'the sequence diagram' }
      : { text: folded(title, diagram), rank: 7 + index, what: 'the diagram of another flow' }
  })
  const left = flows.length - drawn.length
  if (left === 0) return drawn
  return [
    ...drawn,
    {
      text: `${counted(left, 'more flow')} not drawn.`,
      rank: 3,
      what: 'how many flows are not drawn',
    },
  ]
}

function findingBlocks(title: string, findings: readonly Finding[], rank: number): Block[] {
  return findings.map((finding, index) => ({
    text: `${index === 0 ? `### ${title}\n\n` : ''}${folded(
      `${severitySigns[finding.severity]} ${finding.title} (${finding.rule})`,
      findingText(finding),
    )}`,
    rank: rank + (finding.severity === 'info' ? 2 : 0) + index / 1000,
    what: finding.severity === 'info' ? 'a note' : `finding ${code(finding.rule, 80)}`,
  }))
}

/** `told`: the message stands above already. */
function findingText(finding: Finding, told = false): string {
  const who = finding.fault === 'undetermined' ? 'undetermined' : partyName[finding.fault]
  const sure = finding.confidence === 'likely' ? ', likely' : ''
  const basis =
    finding.basis === 'recorded' ? ', taken from the record, because the value was redacted' : ''
  const past = finding.past === true ? ', mended since' : ''
  const id = `${finding.rule}${finding.variant === undefined ? '' : `#${finding.variant}`}`
  return [
    `**${prose(finding.title)}**\\\n${code(id)} (${finding.severity}, ${who}${sure}${basis}${past})`,
    ...(told ? [] : [`${prose(sentence(finding.message), 1500)}.`]),
    evidenceText(finding),
    ...(finding.candidates ?? []).map(
      ({ fault, why }) => `**Maybe ${partyName[fault]}:** ${prose(why)}`,
    ),
    `**Why it matters:** ${prose(finding.why)}`,
    `**Fix:** ${prose(finding.remedy, 1000)}`,
    ...(finding.hint === undefined ? [] : [`**Hint:** ${prose(finding.hint, 1000)}`]),
    `**Specification:** ${finding.spec.map(({ ref, url }) => `[${prose(ref)}](${url})`).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function evidenceText({ evidence }: Finding): string {
  const lines = evidence.slice(0, 12).map(({ exchange, at, text, client, note }) => {
    const seen = client === undefined ? '' : `, which the client saw as ${code(client)}`
    const said = note === undefined ? '' : ` (${prose(note, 200)})`
    return `- exchange ${prose(exchange, 40)}, ${code(at, 120)}: ${text === '' ? 'absent' : code(text)}${seen}${said}`
  })
  const more = evidence.length - lines.length
  return [...lines, ...(more > 0 ? [`- and ${counted(more, 'more place')}`] : [])].join('\n')
}

/** The exchanges that the cause rests on, short. */
function excerpts(capture: JudgedCapture, cause: Finding | undefined): Block[] {
  const cited = [...new Set(cause?.evidence.map(({ exchange }) => exchange))].slice(0, 4)
  return cited.flatMap((id, index) => {
    const event = capture.exchanges.find(({ exchange }) => exchange.id === id)
    if (event === undefined) return []
    const { exchange, step } = event
    const text = excerpt(exchange, cause?.evidence.filter(({ exchange }) => exchange === id) ?? [])
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
  return lines.length === 0 ? '' : `### Could not be judged\n\n${lines.join('\n')}`
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
