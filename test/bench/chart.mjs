/** Calls a second as bars, for a page that may be light or dark. */

const width = 640
const barHeight = 22
const gap = 10
const labels = 110

export function rateChart(rows, machine) {
  const rates = rows.flatMap(({ perSecond }) => (perSecond === undefined ? [] : [perSecond]))
  const shown = rates.filter(({ way }) => way !== 'direct').sort((a, b) => b.value - a.value)
  const highest = Math.max(...shown.map(({ value }) => value))
  const bars = shown.map(({ way, value }, index) => {
    const y = 34 + index * (barHeight + gap)
    const long = Math.max(2, Math.round((value / highest) * (width - labels - 80)))
    return `<text x="${labels - 8}" y="${y + 15}" text-anchor="end">${way}</text><rect x="${labels}" y="${y}" width="${long}" height="${barHeight}" rx="3"${way === 'authtap' ? ' class="own"' : ''}/><text x="${labels + long + 8}" y="${y + 15}">${Math.round(value).toLocaleString('en')}</text>`
  })
  const height = 34 + shown.length * (barHeight + gap) + 22
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="MCP calls a second through each proxy">
<style>text{font:13px system-ui,sans-serif;fill:#57606a}rect{fill:#8c959f}.own{fill:#1a7f37}.small{font-size:11px}@media (prefers-color-scheme:dark){text{fill:#9198a1}rect{fill:#656c76}.own{fill:#3fb950}}</style>
<text x="0" y="16">MCP calls a second, 16 connections, 2 kB each way</text>
${bars.join('\n')}
<text class="small" x="0" y="${height - 6}">${machine.split(', load', 1)[0]}</text>
</svg>
`
}
