/** Draws results.json as results.svg, which the README shows: `node test/bench/draw.mjs`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median } from './median.mjs'

const place = (name) => new URL(name, import.meta.url)

export function record(file, results) {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

export function draw() {
  const results = JSON.parse(readFileSync(place('results.json'), 'utf8'))
  writeFileSync(place('results.svg'), picture(results))
}

const width = 720
const labels = 230
const barHeight = 20
const pitch = 30
const top = 44

/** Median calls a second as bars, the slowest and the quickest round as a line, on a page that may be light or dark. */
export function picture({ machine, date, rows }) {
  const shown = rows
    .flatMap(({ perSecond }) => (perSecond === undefined ? [] : [perSecond]))
    .filter(({ way }) => way !== 'direct')
    .map(({ way, rounds }) => ({ way, rounds, value: median(rounds) }))
    .sort((a, b) => b.value - a.value)
  const highest = Math.max(...shown.flatMap(({ rounds }) => rounds))
  const long = (value) => Math.round((value / highest) * (width - labels - 80))
  const bars = shown.map(({ way, rounds, value }, index) => {
    const y = top + index * pitch
    const middle = y + barHeight / 2
    const [least, most] = [Math.min(...rounds), Math.max(...rounds)].map(
      (one) => labels + long(one),
    )
    return [
      `<text x="${labels - 10}" y="${y + 15}" text-anchor="end">${way}</text>`,
      `<rect x="${labels}" y="${y}" width="${long(value)}" height="${barHeight}" rx="3"${way.startsWith('authtap') ? ' class="own"' : ''}/>`,
      `<path d="M${least} ${middle}H${most}M${least} ${middle - 4}v8M${most} ${middle - 4}v8"/>`,
      `<text x="${most + 10}" y="${y + 15}">${Math.round(value).toLocaleString('en')}</text>`,
    ].join('')
  })
  const height = top + shown.length * pitch + 24
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="MCP calls a second through each proxy">
<style>text{font:13px system-ui,sans-serif;fill:#57606a}rect{fill:#8c959f}path{stroke:#24292f;fill:none}.own{fill:#1a7f37}.title{font-weight:600}.small{font-size:11px}@media (prefers-color-scheme:dark){text{fill:#9198a1}rect{fill:#656c76}path{stroke:#d1d7e0}.own{fill:#2ea043}}</style>
<text class="title" x="0" y="18">MCP calls a second, 16 connections, 2 kB each way</text>
${bars.join('\n')}
<text class="small" x="0" y="${height - 6}">median of ${shown[0]?.rounds.length ?? 0} rounds, the line from the slowest to the quickest; ${machine}; ${date}</text>
</svg>
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) draw()
