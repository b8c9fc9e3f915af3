import { counted } from '../verdict/words.ts'
import { shortened } from '../wire/safe-text.ts'
import type { Comparison, Difference, FlowDifference, Stopped } from './diff.ts'

/** Two captures as they were named, and how they compare. */
export interface Compared {
  readonly a: string
  readonly b: string
  readonly comparison: Comparison
}

/** More of a value is not said, in characters. */
const valueLength = 300

/** What is so, in a sentence: the first step that differs, and what differs there. */
export function diffLine({ comparison }: Compared): {
  readonly verdict: string
  readonly text: string
} {
  const { first, flows } = comparison
  if (first === null) {
    const steps = flows.reduce((sum, { compared }) => sum + compared, 0)
    const text = `Nothing differs that matters: ${counted(steps, 'step')} compared.`
    return { verdict: 'SAME', text }
  }
  const { steps, stopped } = flows[first.flow]!
  const { step, differences } = steps[first.step]!
  const found = differences.find(({ at }) => at === first.at)!
  const where = `The first difference is in the step ${step}: ${differenceText(found)}.`
  return { verdict: 'DIFFERENT', text: stopped ? `${stoppedText(stopped)} ${where}` : where }
}

/** `B got no further, and A did: the issuer is … (discovery/asm-issuer-mismatch).` */
function stoppedText({ side, rule, message }: Stopped): string {
  const [one, other] = side === 'a' ? ['A', 'B'] : ['B', 'A']
  return `${one} got no further, and ${other} did: ${message} (${rule}).`
}

/** `request.form.resource: A https://…, B has none`. */
function differenceText({ at, a, b }: Difference): string {
  return `${at}: ${sideText('A', a)}, ${sideText('B', b)}`
}

function sideText(name: string, value: string | undefined): string {
  return value === undefined ? `${name} has none` : `${name} ${shortened(value, valueLength)}`
}

/** How the two attempts of a pair ended. */
export function flowTitle({ a, b }: FlowDifference): string {
  const side = (name: string, flow: FlowDifference['a']) =>
    flow === undefined ? `${name} has no such login` : `${name} ${flow.id} ${flow.outcome}`
  return `${(a ?? b)?.resource ?? 'no resource seen'}: ${side('A', a)}, ${side('B', b)}`
}

/** Where a step is in each capture. */
export function placesText({ a, b }: { a: string | undefined; b: string | undefined }): string {
  return `A ${a === undefined ? 'none' : `#${a}`}, B ${b === undefined ? 'none' : `#${b}`}`
}
