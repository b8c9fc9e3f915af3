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

/** The verdict as the first lines of every document for people. */
export function headline(report: Report): Headline {
  const cause = causeOf(report)
  if (cause !== undefined && report.firstBroken !== null) {
    return {
      verdict: 'FAIL',
      text: `The ${stepKinds[report.firstBroken.step].name} step broke first. ${whoActs(cause)}`,
      detail: `${sentence(safe(cause.message))}.`,
    }
  }
  if (report.verdict === 'fail')
    return {
      verdict: 'FAIL',
      text: 'Something is broken; see the findings.',
      detail: `${counted(report.capture.exchanges, 'exchange')} judged.`,
    }
  if (report.capture.exchanges === 0) {
    return {
      verdict: 'INCOMPLETE',
      text: 'There was nothing to judge.',
      detail: 'No exchange was seen.',
    }
  }
  if (report.verdict === 'incomplete') {
    const legs = [...blindLegs(report).keys()]
    return {
      verdict: 'INCOMPLETE',
      text: 'Nothing broken was seen, but the flow did not get through.',
      detail: `${sentence(legs.join(', '))} ${legs.length === 1 ? 'was' : 'were'} not visible, so the fault may lie there.`,
    }
  }
  const { exchanges } = report.capture
  return {
    verdict: 'PASS',
    text: nothingFound(report),
    detail: `${counted(exchanges, 'exchange')}, ${counted(report.flows.length, 'flow')}; ${counted(report.outcomes.pass, 'rule')} looked and had nothing to object to.`,
  }
}

/** That nothing was found does not mean that a login went well. */
function nothingFound({ flows }: Report): string {
  return flows.every(({ outcome }) => outcome === 'authorized')
    ? 'Nothing broken was found.'
    : 'Nothing broken was found, but not every flow got through.'
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
