import type { Report } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { blindLegs, causeOf } from './judged-capture.ts'

export interface Headline {
  /** `FAIL`, `PASS`, `INCOMPLETE`. */
  readonly verdict: 'FAIL' | 'PASS' | 'INCOMPLETE'
  /** One sentence: what broke and who has to act. */
  readonly text: string
  /** What was seen, in a sentence. */
  readonly detail: string
}

/** The verdict as the first lines of every document for people: what is so, in one breath. */
export function headline(report: Report): Headline {
  const cause = causeOf(report)
  const step = report.firstBroken === null ? '' : stepKinds[report.firstBroken.step].name
  const past = report.firstBroken?.past === true
  if (report.verdict === 'fail')
    return cause === undefined || past
      ? {
          verdict: 'FAIL',
          text: 'Something is broken; see the findings.',
          detail: `${counted(report.capture.exchanges, 'exchange')} judged.`,
        }
      : {
          verdict: 'FAIL',
          text: `The ${step} step broke first. ${whoActs(cause)}`,
          detail: `${sentence(safe(cause.message))}.`,
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

function passed({ capture, flows, outcomes }: Report): { text: string; detail: string } {
  const through = flows.filter(({ outcome }) => outcome === 'authorized').length
  return {
    text: through === 1 ? 'The client got through.' : `${through} logins got through.`,
    detail: `${counted(capture.exchanges, 'exchange')}; ${counted(outcomes.pass, 'rule')} looked and had nothing to object to.`,
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
      : ` ${sentence(legs.join(', '))} ${legs.length === 1 ? 'was' : 'were'} not visible, so a fault may lie there.`
  if (left.length === 0)
    return findings.some(({ rule }) => rule === 'flow/no-oauth-seen')
      ? {
          text: 'Nothing asked for a token.',
          detail: 'Calls without a token were answered, so no login was tried.',
        }
      : {
          text: 'Nobody logged in.',
          detail: `The server was looked at without a token, and no login was begun.${unseen}`,
        }
  const last = left[0]!.steps.at(-1)
  return {
    text:
      left.length === 1
        ? 'A login was left before it got through.'
        : `${left.length} logins were left before they got through.`,
    detail:
      `${last === undefined ? '' : `The last that was seen of ${left[0]!.id}: ${safe(last.summary)}.`}${unseen}`.trim(),
  }
}

function whoActs({
  fault,
  candidates,
  confidence,
}: NonNullable<ReturnType<typeof causeOf>>): string {
  if (fault !== 'undetermined')
    return `${sentence(partyName[fault])} ${confidence === 'likely' ? 'likely ' : ''}has to act.`
  const named = (candidates ?? []).map((candidate) => partyName[candidate.fault]).join(' or ')
  return `It is not decided who has to act${named === '' ? '' : `: ${named}`}.`
}

/** How many rules ended how: `40 passed, 2 failed, 90 had nothing to look at, 8 were blind`. */
export function outcomeLine({ outcomes, ignored }: Report): string {
  const parts = [
    `${outcomes.pass} passed`,
    `${outcomes.fail} failed`,
    `${outcomes.silent} had nothing to look at`,
    `${outcomes.blind} could not see what they judge`,
    ...(outcomes.crash > 0 ? [`${outcomes.crash} crashed`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} left out on request`] : []),
  ]
  return `Rules: ${parts.join(', ')}.`
}

/** What is known to be lacking in the capture, a sentence each. */
export function captureGaps({ capture }: Report): string[] {
  return [
    ...(capture.complete
      ? []
      : ['The capture is cut off or damaged: what came after its end is unknown.']),
    ...(capture.repeated === undefined
      ? []
      : [`${counted(capture.repeated, 'exchange')} sent again by hand: no rule looked at that.`]),
    ...capture.missing.map((name) => `The capture was made without ${safe(name)} headers.`),
  ]
}

/** At most so many characters, with a mark where something was cut. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const end = /[\ud800-\udbff]/.test(text[length - 2]!) ? length - 2 : length - 1
  return `${text.slice(0, end)}…`
}
