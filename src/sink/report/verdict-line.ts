import type { Report } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { changedLine } from './changed.ts'
import { blindLegs, causeOf } from './judged-capture.ts'

export interface VerdictLine {
  /** `FAIL`, `PASS`, `INCOMPLETE`. */
  readonly verdict: 'FAIL' | 'PASS' | 'INCOMPLETE'
  /** One sentence: what broke and who has to act. */
  readonly text: string
  /** What was seen, in a sentence. */
  readonly detail: string
}

type Cause = NonNullable<ReturnType<typeof causeOf>>

/** The verdict as the first lines of every document for people: what is so, in one breath. */
export function verdictLine(report: Report): VerdictLine {
  const line = judgedLine(report)
  const changed = changedLine(report)
  return changed === undefined ? line : { ...line, detail: `${line.detail} ${changed}`.trim() }
}

function judgedLine(report: Report): VerdictLine {
  const cause = causeOf(report)
  const step = report.firstBroken === null ? '' : stepKinds[report.firstBroken.step].name
  const past = report.firstBroken?.past === true
  if (report.verdict === 'fail')
    return cause === undefined || past
      ? {
          verdict: 'FAIL',
          text: 'Something is broken: see the findings.',
          detail: `${counted(report.capture.exchanges, 'exchange')} judged.`,
        }
      : {
          verdict: 'FAIL',
          text: `${brokenText(report, cause, step)} ${whoActs(cause)}`,
          detail: `${sentence(safe(cause.message))}${/[?!]$/.test(cause.message) ? '' : '.'}`,
        }
  const { text, detail } = report.verdict === 'pass' ? passed(report) : incomplete(report)
  const before =
    cause !== undefined && past
      ? ` Before, the ${step} step was broken: ${safe(cause.message)}.`
      : ''
  return {
    verdict: report.verdict === 'pass' ? 'PASS' : 'INCOMPLETE',
    text: before !== '' && report.verdict === 'pass' ? 'It works now.' : text,
    detail: `${detail}${before}`,
  }
}

/** What is tried on purpose breaks nothing of a login that got through beside it. */
function brokenText({ flows }: Report, { rule, flow }: Cause, step: string): string {
  const isThrough = flows.some(({ id, outcome }) => id === flow && outcome === 'authorized')
  return rule.startsWith('trial/') && isThrough
    ? `The client got through, but the ${step} step is not as it must be.`
    : `The ${step} step broke first.`
}

function passed({ capture, flows, outcomes }: Report): { text: string; detail: string } {
  const through = flows.filter(({ outcome }) => outcome === 'authorized').length
  return {
    text: through === 1 ? 'The client got through.' : `${through} logins got through.`,
    detail: `${counted(capture.exchanges, 'exchange')}; ${counted(outcomes.pass, 'rule')} looked and found nothing wrong.`,
  }
}

/** Why nothing can be said for certain: what was left, or not seen. */
function incomplete(report: Report): { text: string; detail: string } {
  const { flows, findings } = report
  if (report.capture.exchanges === 0)
    return { text: 'There was nothing to judge.', detail: 'No exchange was seen.' }
  const left = flows.filter(
    ({ outcome }) => outcome !== 'looked' && outcome !== 'superseded' && outcome !== 'authorized',
  )
  const legs = [...blindLegs(report).keys()]
  const unseen =
    legs.length === 0
      ? ''
      : ` ${sentence(legs.join(', '))} ${legs.length === 1 ? 'was' : 'were'} not visible, so the fault may lie there.`
  const isOpen = findings.some(({ rule }) => rule === 'flow/no-oauth-seen')
  if (left.length === 0 && !isOpen && flows.some(({ check }) => check === true))
    return lookedAt(report)
  if (left.length === 0)
    return isOpen
      ? {
          text: 'Nothing asked for a token.',
          detail: 'The server answered calls without a token, so no client had to log in.',
        }
      : {
          text: 'Nobody logged in.',
          detail: `Somebody called the server without a token, and nobody began a login.${unseen}`,
        }
  const last = left[0]!.steps.at(-1)
  return {
    text:
      left.length === 1
        ? 'A login was left unfinished.'
        : `${left.length} logins were left unfinished.`,
    detail:
      `${last === undefined ? '' : `The last step seen of ${left[0]!.id} is ${safe(last.summary)}.`}${unseen}`.trim(),
  }
}

/** `authtap check` found nothing that breaks a login, and did not log in. */
function lookedAt({ capture, findings, outcomes }: Report): { text: string; detail: string } {
  const warned = findings.some(({ severity }) => severity === 'warning')
  return {
    text: warned
      ? 'Nothing breaks a login so far, but see the warnings.'
      : 'Nothing is wrong on the way to the login.',
    detail: `${counted(capture.exchanges, 'exchange')}; ${counted(outcomes.pass, 'rule')} looked and found nothing wrong. Nobody logged in.`,
  }
}

function whoActs({ fault, candidates, confidence }: Cause): string {
  if (fault !== 'undetermined')
    return `${sentence(partyName[fault])} ${confidence === 'likely' ? 'likely ' : ''}has to act.`
  const named = (candidates ?? []).map((candidate) => partyName[candidate.fault]).join(' or ')
  return `Who has to act is not certain${named === '' ? '' : `: ${named}`}.`
}
