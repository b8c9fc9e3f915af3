import type { Safe } from '../../core/redact/redactor.ts'
import type { Finding, Report } from '../../core/verdict/report.ts'
import { partyName } from '../../core/verdict/words.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { Style } from './style.ts'

/** A server that was checked, and the flow in which that was done. */
export interface CheckedServer {
  readonly url: string
  readonly flow: string | undefined
}

/** One line a server: verdict, the step that broke first, who has to act. */
export function serverTable(
  servers: readonly CheckedServer[],
  report: Safe<Report>,
  style: Style,
): string[] {
  const rows = servers.map((server) => row(server, report))
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return rows.map((cells) => {
    const line = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    const [verdict = ''] = cells
    const mark = { FAIL: style.red(style.fail), PASS: style.green(style.pass) }[verdict]
    return `${mark ?? style.yellow(style.warn)} ${line.trimEnd()}`
  })
}

function row({ url, flow }: CheckedServer, report: Safe<Report>): string[] {
  const outcome = report.flows.find(({ id }) => id === flow)?.outcome
  const first = firstOf(flow, report)
  if (first === undefined)
    return [outcome === 'authorized' ? 'PASS' : 'INCOMPLETE', safe(url), 'nothing broken', '']
  const { finding, step } = first
  return ['FAIL', safe(url), step, partyName[finding.fault]]
}

/** The earliest error of a flow that no other explains, and the step that shows it. */
function firstOf(
  flow: string | undefined,
  report: Safe<Report>,
): { finding: Finding; step: string } | undefined {
  const finding = report.findings.find(
    (one) =>
      one.flow === flow &&
      one.severity === 'error' &&
      one.causedBy === null &&
      one.fault !== 'authtap',
  )
  if (finding === undefined) return undefined
  const steps = report.flows.flatMap(({ steps }) => steps)
  const broken = finding.evidence
    .map((one) => steps.find(({ exchange }) => exchange === one.exchange))
    .find((step) => step !== undefined)
  return { finding, step: broken === undefined ? 'an answer' : stepKinds[broken.kind].name }
}
