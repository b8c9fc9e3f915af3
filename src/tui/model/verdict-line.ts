import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { Report } from '../../core/verdict/report.ts'
import { shortParty } from './parties.ts'
import type { Ui } from './state.ts'
import type { Model } from './model.ts'
import { endsBefore, waitingFor } from './waiting.ts'
import type { State as Mark } from '../term/theme.ts'

export interface VerdictLine {
  readonly mark: Mark
  readonly word: string
  readonly text: string
  /** The same where there is no room for it. */
  readonly short?: string
  /** What was seen, when something is broken. */
  readonly reason: string
  /** The exchange that shows it. */
  readonly exchange: string | undefined
}

/** The one answer people want, or what it still waits for. `since`: when it began to listen. */
export function verdictLine(ui: Ui, since: number, now: number): VerdictLine {
  const { model, capture } = ui
  const { report } = model
  const plain = { reason: '', exchange: undefined }
  const isUnread = capture !== undefined && model.rows.length === 0
  const progress = ui.state.progress ?? (isUnread ? `Opening ${capture}` : undefined)
  if (progress !== undefined) return { mark: 'partly', word: 'READ', text: progress, ...plain }
  const cause = model.findings.get(report?.firstBroken?.finding ?? '')
  if (cause !== undefined && report?.firstBroken?.past === true)
    return {
      mark: report.verdict === 'pass' ? 'pass' : 'blind',
      word: report.verdict === 'pass' ? 'WORKS NOW' : 'INCOMPLETE',
      text: `Before, the ${stepKinds[report.firstBroken.step].name} step was broken: ${shortParty[cause.fault]}.`,
      reason: sentence(cause.message),
      exchange: cause.evidence[0]?.exchange,
    }
  if (cause !== undefined && report?.firstBroken) {
    const likely = cause.confidence === 'likely' ? ', likely' : ''
    return {
      mark: 'fail',
      word: 'FAIL',
      text: `The ${stepKinds[report.firstBroken.step].name} step broke first: ${whoActs(cause.fault)}${likely}.`,
      short: `${report.firstBroken.step}: ${shortParty[cause.fault]} has to act`,
      reason: sentence(cause.message),
      exchange: cause.evidence[0]?.exchange,
    }
  }
  const errors = [...model.findings.values()].filter(
    ({ severity, past }) => severity === 'error' && past !== true,
  )
  if (errors[0] !== undefined)
    return {
      mark: 'fail',
      word: 'FAIL',
      text: `${errors[0].title}.`,
      reason: sentence(errors[0].message),
      exchange: errors[0].evidence[0]?.exchange,
    }
  const isCapture = capture !== undefined
  const waiting = isCapture ? endsBefore(model) : waitingFor(model, since, now)
  if (waiting !== undefined)
    return { mark: 'partly', word: isCapture ? 'PARTLY' : 'WAIT', text: waiting, ...plain }
  if (report?.verdict === 'incomplete') {
    return { mark: 'blind', word: 'INCOMPLETE', text: incomplete(model, report), ...plain }
  }
  return {
    mark: 'pass',
    word: 'PASS',
    text: `Nothing broken${isCapture ? '' : ' so far'}: ${counted(model.flows.size, 'flow')}, ${counted(report?.outcomes.pass ?? 0, 'rule')} looked and found nothing wrong.`,
    ...plain,
  }
}

/** Nothing broken was seen, and nobody was seen to get through: what was left, and what was out of sight. */
function incomplete(model: Model, report: Report): string {
  const legs = [...new Set(report.blind.map(({ leg }) => leg))]
  const outcomes = [...model.flows.values()].map(({ outcome }) => outcome)
  const what = outcomes.every((outcome) => outcome === 'looked')
    ? 'Nobody logged in'
    : 'A login was left unfinished'
  return legs.length === 0 ? `${what}.` : `${what}; not visible: ${legs.join(', ')}.`
}

function whoActs(fault: keyof typeof partyName): string {
  return fault === 'undetermined'
    ? 'who has to act is not certain'
    : `${partyName[fault]} has to act`
}
