import type { Safe } from '../core/redact.ts'
import type { Evidence, Finding, Report } from '../core/report.ts'
import { safe } from '../core/safe-text.ts'
import { counted, partyName, sentence, severityRank, stepName } from '../core/words.ts'
import { type Style, wrapped } from './style.ts'

/** The report for people: verdict first, then cause, evidence and fix; consequences; what could not be judged and why. */
export function reportText(
  report: Safe<Report>,
  style: Style,
  options: { checklist: boolean; width: number },
): string {
  const cause = report.findings.find(({ id }) => id === report.firstBroken?.finding)
  const effects = cause === undefined ? [] : consequencesOf(cause, report.findings)
  const others = report.findings.filter(
    (finding) => finding !== cause && !effects.includes(finding),
  )
  const parts = [
    style.dim(style.rule.repeat(Math.min(options.width, 100))),
    ...verdictLines(report, cause, style),
    ...section('Flows', report.flows.map(flowLine), style),
    ...(cause === undefined ? [] : ['', ...findingLines(cause, style, 'Cause')]),
    ...section(
      'Consequences',
      effects.map((finding) => oneLine(finding, style)),
      style,
    ),
    ...otherLines(others, style),
    ...section('Could not be judged', blindLines(report), style),
    ...section(
      'Not run',
      report.ignored.map((rule) => `  ${rule} (ignored on request)`),
      style,
    ),
    ...(options.checklist ? section('Checklist', checklistLines(report, style), style) : []),
  ]
  return `${parts.join('\n')}\n`
}

function verdictLines(report: Safe<Report>, cause: Finding | undefined, style: Style): string[] {
  const { exchanges } = report.capture
  if (cause !== undefined && report.firstBroken !== null) {
    const who =
      cause.fault === 'undetermined'
        ? `It is not decided who has to act: ${(cause.candidates ?? []).map(({ fault }) => partyName[fault]).join(' or ')}.`
        : `${sentence(partyName[cause.fault])} has to act.`
    const likely = cause.confidence === 'likely' ? ' (likely)' : ''
    return [
      `${style.bold(style.red(`${style.fail} FAIL`))}  The ${stepName[report.firstBroken.step]} step broke first. ${who}${likely}`,
      ...wrapped(`${sentence(safe(cause.message))}.`, style.width - 2).map((line) => `  ${line}`),
    ]
  }
  if (report.verdict === 'fail')
    return [
      `${style.bold(style.red(`${style.fail} FAIL`))}  Something is broken; see the findings.`,
      `  ${counted(exchanges, 'exchange')} judged.`,
    ]
  if (report.verdict === 'incomplete') {
    const legs = [...new Set(report.blind.map(({ leg }) => leg))]
    return [
      `${style.bold(style.yellow(`${style.warn} INCOMPLETE`))}  Nothing broken was seen, but the flow did not get through.`,
      `  ${sentence(legs.join(', '))} ${legs.length === 1 ? 'was' : 'were'} not visible, so the fault may lie there.`,
    ]
  }
  const passed = report.outcomes.pass
  return [
    `${style.bold(style.green(`${style.pass} PASS`))}  Nothing broken was found.`,
    `  ${counted(exchanges, 'exchange')}, ${counted(report.flows.length, 'flow')}; ${counted(passed, 'rule')} looked and had nothing to object to.`,
  ]
}

/** Who wanted what from whom, how, and how it ended. */
function flowLine(flow: Report['flows'][number]): string {
  const login = flow.issuer === null ? 'no authorization server seen' : `by ${safe(flow.issuer)}`
  const way = flow.registration === 'unknown' ? '' : `, ${registrationWords[flow.registration]}`
  const revision = flow.revision === null ? '' : `, revision ${flow.revision}`
  const calls = counted(flow.calls, 'call')
  return `  ${flow.id}  ${safe(flow.resource ?? 'no resource seen')}  ${login}${way}${revision}, ${calls}: ${flow.outcome}`
}

const registrationWords = {
  cimd: 'client id metadata document',
  dynamic: 'dynamic registration',
  'pre-registered': 'pre-registered client',
}

function consequencesOf(cause: Finding, findings: readonly Finding[]): Finding[] {
  const reached = new Set([cause.id])
  for (let grew = true; grew;) {
    grew = false
    for (const finding of findings)
      if (finding.causedBy !== null && reached.has(finding.causedBy) && !reached.has(finding.id)) {
        reached.add(finding.id)
        grew = true
      }
  }
  return findings.filter(({ id }) => id !== cause.id && reached.has(id))
}

/** A finding whole: what, who, where, why, how to mend it. */
export function findingLines(finding: Finding, style: Style, head?: string): string[] {
  const who = finding.fault === 'undetermined' ? 'undetermined' : partyName[finding.fault]
  const sure = finding.confidence === 'likely' ? ', likely' : ''
  const basis = finding.basis === 'recorded' ? ', from the record: the value was redacted' : ''
  const title = `${mark(finding, style)} ${style.bold(safe(finding.title))}`
  return [
    head === undefined ? title : `${style.bold(head)}  ${safe(finding.title)}`,
    `  ${style.dim(`${finding.rule}${finding.variant === undefined ? '' : `#${finding.variant}`}  (${finding.severity}, ${who}${sure}${basis})`)}`,
    ...labelled(
      'seen',
      [sentence(safe(finding.message)), ...finding.evidence.map(evidenceLine)],
      style,
    ),
    ...(finding.candidates ?? []).flatMap(({ fault, why }) =>
      labelled('maybe', [`${partyName[fault]}: ${safe(why)}`], style),
    ),
    ...labelled('why', [finding.why], style),
    ...labelled('fix', [safe(finding.remedy)], style),
    ...(finding.hint === undefined ? [] : labelled('hint', [safe(finding.hint)], style)),
    ...labelled(
      'spec',
      finding.spec.map(({ ref, url }) => `${ref}  ${style.dim(url)}`),
      style,
    ),
  ]
}

function evidenceLine({ exchange, at, text, client, note }: Evidence): string {
  const found = text === '' ? 'nothing there' : safe(text.replaceAll(/\s*[\r\n]+\s*/g, ' '))
  const seen = client === undefined ? '' : `, the client saw ${safe(client)}`
  return `#${exchange} ${at}: ${cut(found, 240)}${seen}${note === undefined ? '' : ` (${safe(note)})`}`
}

function labelled(label: string, lines: readonly string[], style: Style): string[] {
  return lines
    .flatMap((line) => wrapped(line, style.width - 9))
    .map((line, index) => `  ${style.cyan((index === 0 ? label : '').padEnd(6))} ${line}`)
}

function oneLine(finding: Finding, style: Style): string {
  return `  ${mark(finding, style)} ${finding.rule}: ${cut(safe(finding.message), 200)}`
}

function mark(finding: Finding, style: Style): string {
  if (finding.severity === 'error') return style.red(`${style.fail} error`)
  return finding.severity === 'warning'
    ? style.yellow(`${style.warn} warning`)
    : `${style.info} note`
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
      rest.map((finding) => oneLine(finding, style)),
      style,
    ),
  ]
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines]
}

/** Legs with the rules that would have read them; only for flows that did not get through, where it matters. */
function blindLines(report: Safe<Report>): string[] {
  const unfinished = new Set(
    report.flows.filter(({ outcome }) => outcome !== 'authorized').map(({ id }) => id),
  )
  const legs = new Map<string, Set<string>>()
  for (const { leg, rule, flow } of report.blind)
    if (unfinished.has(flow)) legs.set(leg, (legs.get(leg) ?? new Set()).add(rule))
  const lines = [...legs].map(
    ([leg, rules]) => `  ${sentence(leg)} was not visible: ${[...rules].join(', ')}`,
  )
  if (!report.capture.complete)
    lines.push('  The capture is cut off: what came after its end is unknown')
  for (const name of report.capture.missing)
    lines.push(`  The capture was made without ${safe(name)} headers`)
  return lines
}

function checklistLines(report: Safe<Report>, style: Style): string[] {
  const marks = {
    pass: style.green(`${style.pass} pass    `),
    fail: style.red(`${style.fail} FAIL    `),
    blind: style.yellow('? blind   '),
    'not-seen': style.dim('  not seen'),
  }
  return report.checklist.map(({ item, text, status }) => `  ${marks[status]}  ${item}  ${text}`)
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
