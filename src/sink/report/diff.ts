import type { Comparison, Difference, FlowDifference } from '../../core/diff/diff.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import { counted } from '../../core/verdict/words.ts'
import { cut } from './cut.ts'
import { markup } from './markup.ts'
import { codeCell, prose } from './md/escape.ts'

/** Two captures as they were named, and how they compare. */
export interface Compared {
  readonly a: string
  readonly b: string
  readonly comparison: Safe<Comparison>
}

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
  const { step, differences } = flows[first.flow]!.steps[first.step]!
  const found = differences.find(({ at }) => at === first.at)!
  return {
    verdict: 'DIFFERENT',
    text: `The first difference is in the step ${step}: ${differenceText(found)}.`,
  }
}

/** `request.form.resource: A https://…, B has none`. */
function differenceText({ at, a, b }: Difference): string {
  return `${at}: ${sideText('A', a)}, ${sideText('B', b)}`
}

function sideText(name: string, value: string | undefined): string {
  return value === undefined ? `${name} has none` : `${name} ${cut(value, valueLength)}`
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

export function* diffMarkdown(compared: Compared): Iterable<string> {
  const { verdict, text } = diffLine(compared)
  yield `## ${verdict === 'SAME' ? '✅' : '❌'} ${verdict}: ${prose(text)}\n\n`
  yield `A is ${codeCell(compared.a, 200)}, B is ${codeCell(compared.b, 200)}.\n`
  for (const flow of compared.comparison.flows) {
    if (flow.steps.length === 0) continue
    yield `\n### ${prose(flowTitle(flow))}\n\n| step | where | A | B |\n| --- | --- | --- | --- |\n`
    for (const step of flow.steps)
      for (const { at, a, b } of step.differences)
        yield `| ${prose(step.step)} (${prose(placesText(step))}) | ${codeCell(at, 120)} | ${cell(a)} | ${cell(b)} |\n`
  }
}

function cell(value: string | undefined): string {
  return value === undefined ? 'none' : codeCell(value, valueLength)
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.aside{opacity:.6}`

export function* diffHtml(compared: Compared): Iterable<string> {
  const { verdict, text } = diffLine(compared)
  yield markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>authtap: ${verdict}: ${text}</title>
<style>${style}</style>
</head>
<body>
<h1>${verdict}</h1>
<p>${text}</p>
<p>A is <code>${compared.a}</code>, B is <code>${compared.b}</code>.</p>
`.text
  for (const flow of compared.comparison.flows) {
    if (flow.steps.length === 0) continue
    const rows = flow.steps.flatMap((step) =>
      step.differences.map(
        ({ at, a, b, matters }) =>
          markup`<tr class="${matters ? 'matters' : 'aside'}"><td>${step.step} (${placesText(step)})</td><td><code>${at}</code></td><td>${a ?? 'none'}</td><td>${b ?? 'none'}</td></tr>\n`,
      ),
    )
    yield markup`<h2>${flowTitle(flow)}</h2>
<table><thead><tr><th>step</th><th>where</th><th>A</th><th>B</th></tr></thead><tbody>
${rows}</tbody></table>
`.text
  }
  yield '</body>\n</html>\n'
}
