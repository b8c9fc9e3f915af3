import type { Safe } from '../../core/redact/redactor.ts'
import type { Difference } from '../../core/diff/diff.ts'
import { type Compared, diffLine, flowTitle, placesText } from '../../core/diff/words.ts'
import { type Line, blankLine, labelled, line, prose } from './line.ts'
import type { Scene } from './scene.ts'

/** More of a value is not shown, in characters. */
const valueLimit = 400

/** Two logins or captures side by side: the first difference that matters, then every step that differs. */
export function comparisonPage(compared: Safe<Compared>, scene: Scene, columns: number): Line[] {
  const { verdict, text } = diffLine(compared)
  const room = columns - 1
  const isSame = verdict === 'SAME'
  return [
    ...prose(`${verdict}  ${scene.shown(text)}`, room, isSame ? 'pass' : 'fail', 1),
    ...labelled(' A', compared.a, room, 4),
    ...labelled(' B', compared.b, room, 4),
    ...compared.comparison.flows.flatMap((flow): Line[] =>
      flow.steps.length === 0
        ? []
        : [
            blankLine,
            ...prose(flowTitle(flow), room, 'heading', 1),
            ...flow.steps.flatMap((step): Line[] => [
              [
                { text: `   ${step.step}`, style: 'strong' },
                { text: `  ${placesText(step)}`, style: 'dim' },
              ],
              ...step.differences.flatMap((one) => differenceLines(one, scene, room)),
            ]),
          ],
    ),
  ]
}

/** What may be the reason stands out; the rest is there to be read. */
function differenceLines({ at, a, b, matters }: Difference, scene: Scene, room: number): Line[] {
  const side = (name: string, value: string | undefined, isLeft: boolean) =>
    labelled(
      `       ${name}`,
      value === undefined ? 'none' : scene.shown(value.slice(0, valueLimit)),
      room,
      10,
      matters ? (isLeft ? 'warn' : 'info') : 'dim',
    )
  return [
    line(`     ${at}`, matters ? 'name' : 'dim'),
    ...side('A', a, true),
    ...side('B', b, false),
  ]
}
