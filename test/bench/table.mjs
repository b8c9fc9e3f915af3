/** One table: what, measured, ratio, bar, met? */

const heads = ['what', 'measured', 'ratio', 'bar', 'met?']

export function tableLines(rows) {
  const cells = [heads, ...rows.map(cellsOf)]
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd()
  return [
    line(cells[0]),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...cells.slice(1).map(line),
  ]
}

/** A bar is for `value`; for the ratio where there is no value. */
function cellsOf({ what, measured = '', ratio, value = ratio, atLeast, atMost, unit = '' }) {
  const shown = ratio === undefined ? '' : ratio.toFixed(2)
  if (atLeast !== undefined)
    return [what, measured, shown, `≥ ${atLeast}${unit}`, value >= atLeast ? 'yes' : 'NO']
  if (atMost !== undefined)
    return [what, measured, shown, `≤ ${atMost}${unit}`, value <= atMost ? 'yes' : 'NO']
  return [what, measured, shown, '', '']
}
