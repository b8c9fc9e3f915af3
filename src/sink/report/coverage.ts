import type { Report } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { counted } from '../../core/verdict/words.ts'

/** How many rules ended how: `40 passed, 2 failed, 90 had nothing to look at, 8 were blind`. */
export function outcomeLine({ outcomes, ignored }: Report): string {
  const parts = [
    `${outcomes.pass} passed`,
    `${outcomes.fail} failed`,
    `${outcomes.silent} had nothing to look at`,
    `${outcomes.blind} could not see what they judge`,
    ...(outcomes.crash > 0 ? [`${outcomes.crash} crashed`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} left out by --ignore`] : []),
  ]
  return `Rules: ${parts.join(', ')}.`
}

/** What is known to be lacking in the capture, a sentence each. */
export function captureGaps({ capture }: Report): string[] {
  return [
    ...(capture.complete
      ? []
      : ['The capture is cut off or damaged: what came after that is unknown.']),
    ...(capture.repeated === undefined
      ? []
      : [`${counted(capture.repeated, 'exchange')} sent again by hand, which no rule looked at.`]),
    ...capture.missing.map((name) => `The capture lacks ${safe(name)} header fields.`),
  ]
}
