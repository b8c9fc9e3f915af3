import type { Safe } from '../../core/redact/redactor.ts'
import type { Evidence, Finding, Report } from '../../core/verdict/report.ts'
import { faultyExchanges } from '../../core/verdict/culprit.ts'
import { counted, partyName, sentence, severityRank } from '../../core/verdict/words.ts'
import { clientRows, clientsTitle } from '../report/clients.ts'
import { captureGaps } from '../report/coverage.ts'
import { cut } from '../report/cut.ts'
import { verdictLine } from '../report/verdict-line.ts'
import { blindLegs, causeOf, consequencesOf, deniers } from '../report/judged-capture.ts'
import { type FlowGroup, flowGroups, ranges } from './groups.ts'
import { type Style, wrapped } from './style.ts'

/**
 * The report for people: verdict first, then cause, evidence and fix; consequences; what could not be judged and why. Every text
 * in it is safe for a terminal (`safeTexts`) before it comes here.
 */
export function reportText(
  report: Safe<Report>,
  style: Style,
  options: {
    checklist: boolean
    width: number
  },
): string {
  const cause = causeOf(report)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const others = report.findings.filter(
    (finding) => finding !== cause && !effects.includes(finding),
  )
  const parts = [
    style.dim(style.rule.repeat(Math.min(options.width, 100))),
    ...verdictLines(report, style),
    ...section(
      'Flows',
      flowGroups(report.flows).flatMap((group) => hung(flowLine(group), style)),
      style,
    ),
    ...section('Steps', stepLines(report, cause, style), style),
    ...(cause === undefined ? [] : ['', ...causeLines(cause, style)]),
    ...section(
      'Consequences',
      effects.flatMap((finding) => briefly(finding, style)),
      style,
    ),
    ...otherLines(others, style),
    ...section('Could not be judged', blindLines(report, style), style),
    ...section(clientsTitle, clientLines(report, style), style),
    ...section(
      'Not run',
      report.ignored.map((rule) => `  ${rule} (left out by --ignore)`),
      style,
    ),
    ...(options.checklist ? section('Checklist', checklistLines(report, style), style) : []),
  ]
  return `${parts.join('\n')}\n`
}

function verdictLines(report: Safe<Report>, style: Style): string[] {
  const { verdict, text, detail } = verdictLine(report)
  const marks = {
    FAIL: style.red(`${style.fail} FAIL`),
    INCOMPLETE: style.yellow(`${style.warn} INCOMPLETE`),
    PASS: style.green(`${style.pass} PASS`),
  }
  return [
    `${style.bold(marks[verdict])}  ${text}`,
    ...wrapped(detail, style.width - 2).map((line) => `  ${line}`),
  ]
}

/** Who wanted what from whom, how, and how it ended; those that went alike together. */
function flowLine({ flow, ids, calls }: FlowGroup): string {
  const login = flow.issuer === null ? 'no authorization server seen' : `by ${flow.issuer}`
  const way = flow.registration === 'unknown' ? '' : `, ${registrationWords[flow.registration]}`
  const revision = flow.revision === null ? '' : `, revision ${flow.revision}`
  const by = flow.by === undefined || ids.length > 1 ? '' : ` by ${flow.by}`
  return `${ranges(ids)}  ${flow.resource ?? 'no resource seen'}  ${login}${way}${revision}, ${counted(calls, 'call')}: ${flow.outcome}${by}`
}

/** Steps before and after the broken one that are listed. */
const around = 6

/** What the numbers of the evidence stand for: the steps of the flow that broke, as far as they lie around where it did. */
function stepLines(report: Safe<Report>, cause: Finding | undefined, style: Style): string[] {
  const flow = report.flows.find(({ id }) => id === cause?.flow)
  if (flow === undefined) return []
  const cited = new Set(cause!.evidence.map(({ exchange }) => exchange))
  const last = flow.steps.findLastIndex(({ exchange }) => cited.has(exchange))
  const faulty = faultyExchanges(report)
  return flow.steps.flatMap(({ exchange, summary, ok }, place) => {
    if (!cited.has(exchange) && (place < last - around || place > last + around)) return []
    const worst = ok ? faulty.get(exchange) : 'error'
    const mark = worst === undefined ? style.green(style.pass) : signOf(worst, style)
    const text = cut(summary, Math.min(style.width - 9, 160))
    return [`  ${`#${exchange}`.padStart(4)} ${mark} ${text}`]
  })
}

const registrationWords = {
  cimd: 'client id metadata document',
  dynamic: 'dynamic registration',
  'pre-registered': 'pre-registered client',
}

function causeLines(cause: Finding, style: Style): string[] {
  return findingLines(cause, style, cause.past === true ? 'Cause then' : 'Cause')
}

/** A finding whole: what, who, where, why, how to mend it; its texts are safe for a terminal. */
export function findingLines(finding: Finding, style: Style, head?: string): string[] {
  return [
    ...headLines(finding, style, head),
    ...labelled('seen', [sentence(finding.message), ...finding.evidence.map(evidenceLine)], style),
    ...(finding.candidates ?? []).flatMap(({ fault, why }) =>
      labelled('maybe', [`${partyName[fault]}: ${why}`], style),
    ),
    ...labelled('why', [finding.why], style),
    ...labelled('fix', [finding.remedy], style),
    ...(finding.hint === undefined ? [] : labelled('hint', [finding.hint], style)),
    ...labelled(
      'spec',
      finding.spec.map(({ ref, url }) => `${ref}  ${style.dim(url)}`),
      style,
    ),
  ]
}

/** Its title, its rule, and who is at fault. */
function headLines(finding: Finding, style: Style, head?: string): string[] {
  const who = finding.fault === 'undetermined' ? 'undetermined' : partyName[finding.fault]
  const sure = finding.confidence === 'likely' ? ', likely' : ''
  const past = finding.past === true ? ', mended since' : ''
  const basis =
    finding.basis === 'recorded' ? ', taken from the record, because the value was redacted' : ''
  const title = `${mark(finding, style)} ${style.bold(finding.title)}`
  return [
    head === undefined ? title : `${style.bold(head)}  ${finding.title}`,
    `  ${style.dim(`${finding.rule}${finding.variant === undefined ? '' : `#${finding.variant}`}  (${finding.severity}, ${who}${sure}${basis}${past})`)}`,
  ]
}

function evidenceLine({ exchange, at, text, client, note }: Evidence): string {
  const found = text === '' ? 'absent' : text
  const seen = client === undefined ? '' : `, the client saw ${client}`
  return `#${exchange} ${at}: ${cut(found, 240)}${seen}${note === undefined ? '' : ` (${note})`}`
}

function labelled(label: string, lines: readonly string[], style: Style): string[] {
  return lines
    .flatMap((line) => wrapped(line, style.width - 9))
    .map((line, index) => `  ${style.cyan((index === 0 ? label : '').padEnd(6))} ${line}`)
}

function briefly(finding: Finding, style: Style): string[] {
  return hung(`${finding.rule}: ${cut(finding.message, 200)}`, style, `${mark(finding, style)} `)
}

/** A line of a section in the width of the terminal, with what does not fit indented below it. */
function hung(line: string, style: Style, mark = ''): string[] {
  const room = style.width - (mark === '' ? 4 : 12)
  return wrapped(line, room).map((part, row) => (row === 0 ? `  ${mark}${part}` : `    ${part}`))
}

function mark(finding: Finding, style: Style): string {
  if (finding.severity === 'error') return style.red(`${style.fail} error`)
  return finding.severity === 'warning'
    ? style.yellow(`${style.warn} warning`)
    : `${style.info} note`
}

function signOf(severity: 'error' | 'warning', style: Style): string {
  return severity === 'error' ? style.red(style.fail) : style.yellow(style.warn)
}

function otherLines(others: readonly Finding[], style: Style): string[] {
  const roots = others.filter(({ causedBy, severity }) => causedBy === null && severity !== 'info')
  const rest = others
    .filter((finding) => !roots.includes(finding))
    .sort((a, b) => severityRank[b.severity] - severityRank[a.severity])
  return [
    ...roots.flatMap((finding) => ['', ...findingLines(finding, style)]),
    ...section(
      'Notes',
      rest.flatMap((finding) => briefly(finding, style)),
      style,
    ),
  ]
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines]
}

/** Legs with the rules that would have read them; only for flows that did not get through, where it matters. */
function blindLines(report: Safe<Report>, style: Style): string[] {
  const legs = [...blindLegs(report)]
  const isCheck = report.flows.some(({ check }) => check === true)
  const rules = counted(new Set(legs.flatMap(([, unjudged]) => unjudged)).size, 'rule')
  const lines = isCheck
    ? hung(
        `Only a login tells: ${legs
          .map(([leg]) => leg)
          .sort()
          .join(', ')} (${rules}).`,
        style,
      )
    : legs.map(([leg, unjudged]) => `  ${sentence(leg)} was not visible: ${unjudged.join(', ')}`)
  return [...(legs.length === 0 ? [] : lines), ...captureGaps(report).map((gap) => `  ${gap}`)]
}

/** A line a client, and what it minds below it. */
function clientLines(report: Safe<Report>, style: Style): string[] {
  const rows = clientRows(report)
  const targets = new Set(rows.map(({ target }) => target))
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  const marks = {
    pass: style.green(style.pass),
    refuse: style.red(style.fail),
    blind: style.yellow('?'),
  }
  return rows.flatMap(({ name, target, outcome, verdict, because, source }) => [
    `  ${marks[outcome]} ${name.padEnd(width)}  ${verdict}${targets.size > 1 ? `  ${style.dim(target)}` : ''}`,
    ...(because === '' ? [] : wrapped(because, style.width - 6).map((line) => `      ${line}`)),
    ...(outcome === 'refuse' ? [`      ${style.dim(`known from ${source}`)}`] : []),
  ])
}

export function checklistLines(report: Safe<Report>, style: Style): string[] {
  const marks = {
    pass: style.green(`${style.pass} pass    `),
    fail: style.red(`${style.fail} FAIL    `),
    blind: style.yellow('? blind   '),
    'not-seen': style.dim('  not seen'),
  }
  return report.checklist.map((entry) => {
    const shown = [
      entry.exchange === undefined ? '' : `#${entry.exchange}`,
      ...deniers(entry, report),
    ]
    const by = shown.filter((one) => one !== '').join(', ')
    return `  ${marks[entry.status]}  ${entry.item}  ${entry.text}${by === '' ? '' : style.dim(`  ${by}`)}`
  })
}
