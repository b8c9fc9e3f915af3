import type { Safe } from '../../core/redact/redactor.ts'
import { type Compared, diffLine, flowTitle, placesText } from '../../core/diff/words.ts'
import { cut } from '../report/cut.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { type Style, wrapped } from './style.ts'

/** How two captures compare, for people: the first difference first, then step by step. */
export function diffText(compared: Safe<Compared>, style: Style): string {
  const { verdict, text } = diffLine(compared)
  const mark =
    verdict === 'SAME'
      ? style.green(`${style.pass} ${verdict}`)
      : style.red(`${style.fail} ${verdict}`)
  const lines = [
    ...wrapped(`${style.bold(mark)}  ${safe(text)}`, style.width),
    `  A  ${safe(compared.a)}`,
    `  B  ${safe(compared.b)}`,
  ]
  for (const flow of compared.comparison.flows) {
    if (flow.steps.length === 0) continue
    lines.push('', ...wrapped(style.bold(safe(flowTitle(flow))), style.width))
    for (const step of flow.steps) {
      lines.push(`  ${style.cyan(safe(step.step))}  ${style.dim(safe(placesText(step)))}`)
      for (const { at, a, b, matters } of step.differences)
        lines.push(
          `    ${matters ? style.bold(safe(at)) : style.dim(safe(at))}`,
          ...side('A', a, style),
          ...side('B', b, style),
        )
    }
  }
  return `${lines.join('\n')}\n`
}

function side(name: string, value: string | undefined, style: Style): string[] {
  const shown = value === undefined ? 'none' : safe(cut(value, 400))
  return wrapped(shown, style.width - 9).map(
    (line, row) => `      ${row === 0 ? name : ' '}  ${line}`,
  )
}
