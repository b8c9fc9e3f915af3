import type { Safe } from '../../core/redact/redactor.ts'
import { type Compared, diffLine, flowTitle, placesText } from '../../core/diff/words.ts'
import { markup } from './markup.ts'
import { codeCell, prose } from './md/escape.ts'

const valueLength = 300

export function* diffMarkdown(compared: Safe<Compared>): Iterable<string> {
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

export function* diffHtml(compared: Safe<Compared>): Iterable<string> {
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
