import type { Safe } from '../../core/redact/redactor.ts'
import { factOf, factText } from '../../core/verdict/fact.ts'
import type { FlowOutcome, Report } from '../../core/verdict/report.ts'
import { counted, partyName } from '../../core/verdict/words.ts'
import { blindLegs, causeOf } from '../report/judged-capture.ts'
import { changedLine } from '../report/changed.ts'
import { cut } from '../report/cut.ts'
import { verdictLine } from '../report/verdict-line.ts'
import { type CauseGroup, causeGroups, flowGroups, ranges } from './groups.ts'
import { type Style, wrapped } from './style.ts'

/** So many groups of flows, and of findings, have a line each. */
const most = { flows: 5, causes: 7 }

/**
 * The end of a session in a few lines, however long it was: the flows by how they went, what was found with what follows
 * from it counted, and last, where the eye is, what broke first and how to mend it. Every text in it is safe for a terminal.
 */
export function goodbye(report: Safe<Report>, style: Style): string {
  const lines = [
    style.dim(style.rule.repeat(Math.min(style.width, 100))),
    ...loginLines(report, style),
    ...causeLines(report, style),
    ...blindLine(report, style),
    ...verdictLines(report, style),
  ]
  return `${lines.join('\n')}\n`
}

const outcomeWords: Readonly<Record<FlowOutcome, string>> = {
  authorized: 'worked',
  failed: 'failed',
  abandoned: 'left',
  'in-progress': 'unfinished',
  looked: 'only looked',
  superseded: 'failed and worked later',
}

function loginLines({ flows }: Safe<Report>, style: Style): string[] {
  const groups = flowGroups(flows)
  const lines = groups.slice(0, most.flows).map(({ flow, ids, calls }) => {
    const by = flow.issuer === null ? '' : ` by ${flow.issuer}`
    const what = `${outcomeWords[flow.outcome]}: ${ids.length > 1 ? `${ids.length} logins, ` : ''}${counted(calls, 'call')}`
    return line(`  ${what}  ${flow.resource ?? 'no resource seen'}${by}  (${ranges(ids)})`, style)
  })
  const rest = groups.length - lines.length
  return [
    ...(flows.length > 1 ? [style.bold(tally(flows))] : []),
    ...lines,
    ...(rest > 0 ? [`  … and ${counted(rest, 'other group')} of flows`] : []),
  ]
}

/** `18 logins: 16 worked, 2 failed`. */
function tally(flows: Safe<Report>['flows']): string {
  const parts = (Object.keys(outcomeWords) as FlowOutcome[]).flatMap((outcome) => {
    const count = flows.filter((flow) => flow.outcome === outcome).length
    return count === 0 ? [] : [`${count} ${outcomeWords[outcome]}`]
  })
  return `${counted(flows.length, 'flow')}: ${parts.join(', ')}`
}

function causeLines(report: Safe<Report>, style: Style): string[] {
  const groups = causeGroups(report).filter(({ finding }) => finding.severity !== 'info')
  const shown = groups.slice(0, most.causes)
  const rest = groups.length - shown.length
  return [
    ...shown.map((group) => causeLine(group, style)),
    ...(rest > 0 ? [`  … and ${counted(rest, 'other finding')}`] : []),
  ]
}

function causeLine({ finding, times, flows, consequences }: CauseGroup, style: Style): string {
  const { past, severity, rule, variant, fault } = finding
  const mark = past === true ? style.info : severity === 'error' ? style.fail : style.warn
  const paint = past === true ? style.dim : severity === 'error' ? style.red : style.yellow
  const often = times > 1 ? ` ×${times}` : ''
  const more = consequences === 0 ? '' : ` (+${counted(consequences, 'consequence')})`
  const text = `${rule}${variant === undefined ? '' : `#${variant}`}${often}${more}  ${partyName[fault]}${past === true ? ', mended since' : ''}  ${ranges(flows, 3)}`
  return `${paint(mark)} ${line(text, style, 2)}`
}

function blindLine(report: Safe<Report>, style: Style): string[] {
  if (report.verdict === 'pass') return []
  const legs = [...blindLegs(report).keys()]
  return legs.length === 0 ? [] : [line(`? not visible: ${legs.join(', ')}`, style)]
}

function verdictLines(report: Safe<Report>, style: Style): string[] {
  const { verdict, text, detail } = verdictLine(report)
  const cause = causeOf(report)
  const marks = {
    FAIL: style.red(`${style.fail} FAIL`),
    INCOMPLETE: style.yellow(`${style.warn} INCOMPLETE`),
    PASS: style.green(`${style.pass} PASS`),
  }
  const head = `${style.bold(marks[verdict])}  ${text}`
  const changed = changedLine(report)
  if (cause === undefined) return [head, ...indented(detail, style, changed === undefined ? 3 : 6)]
  const place = cause.evidence[0] === undefined ? '' : `#${cause.evidence[0].exchange}: `
  return [
    head,
    ...indented(`${place}${factText(factOf(cause))}`, style, 3),
    ...(cause.past === true ? [] : indented(`fix: ${cause.remedy}`, style, 4)),
    ...(changed === undefined ? [] : indented(changed, style, 4)),
  ]
}

/** One line of the terminal. */
function line(text: string, style: Style, before = 0): string {
  return style.width === Infinity ? text : cut(text, Math.max(20, style.width - before))
}

function indented(text: string, style: Style, rows: number): string[] {
  const lines = wrapped(text, style.width - 2)
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `${lines[rows - 1]}…`]
  return shown.map((one) => `  ${one}`)
}
