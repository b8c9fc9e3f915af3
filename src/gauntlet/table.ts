import type { Fault } from '../core/intercept/fault.ts'
import { expectedReaction, type Judged } from '../core/intercept/reaction.ts'

/** One fault and what came of it. */
export interface Row extends Judged {
  readonly fault: Fault
  readonly capture: string | undefined
}

export const formats = ['text', 'json', 'md', 'junit', 'sarif'] as const
type Format = (typeof formats)[number]

/** Whether the other side failed at it: what is allowed may not be refused. */
export function isBad({ reaction, fault }: Row): boolean {
  const isAllowed = fault.rule === undefined
  return reaction === 'fooled' || reaction === 'stuck' || (isAllowed && reaction === 'refused')
}

export function tableOf(format: Format, url: string, rows: readonly Row[]): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(jsonOf(url, rows), undefined, 2)}\n`
    case 'md':
      return markdownOf(rows)
    case 'junit':
      return junitOf(rows)
    case 'sarif':
      return `${JSON.stringify(sarifOf(rows), undefined, 2)}\n`
    case 'text':
      return `${rows.map(textLine).join('\n')}\n\n${summary(rows)}\n`
  }
}

export function textLine(row: Row): string {
  const mark = isBad(row) ? '✗' : row.reaction === 'not reached' ? '·' : '✓'
  const head = `${mark} ${row.fault.id.padEnd(42)} ${row.reaction.padEnd(12)} ${row.because}`
  return isBad(row) ? `${head}\n    ${row.fault.expected}` : head
}

function summary(rows: readonly Row[]): string {
  const counts = new Map<string, number>()
  for (const { reaction } of rows) counts.set(reaction, (counts.get(reaction) ?? 0) + 1)
  return [...counts].map(([reaction, count]) => `${count} ${reaction}`).join(', ')
}

function jsonOf(url: string, rows: readonly Row[]) {
  return {
    schema: 'authtap.gauntlet/1',
    url,
    runs: rows.map(({ fault, reaction, because, capture }) => ({
      fault: fault.id,
      title: fault.title,
      reaction,
      expected: expectedReaction(fault),
      because,
      demands: fault.expected,
      spec: fault.spec,
      ...(capture === undefined ? {} : { capture }),
    })),
  }
}

function markdownOf(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| \`${row.fault.id}\` | ${isBad(row) ? `**${row.reaction}**` : row.reaction} | ${expectedReaction(row.fault)} | ${row.because} | ${row.fault.spec.join(', ')} |`,
  )
  return `| fault | reaction | expected | what shows it | specification |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}

function junitOf(rows: readonly Row[]): string {
  const cases = rows.map((row) => {
    const name = `    <testcase classname="authtap.gauntlet" name="${escaped(row.fault.id)}"`
    if (row.reaction === 'not reached') return `${name}><skipped message="not reached"/></testcase>`
    if (!isBad(row)) return `${name}/>`
    return `${name}><failure message="${escaped(`${row.reaction}: ${row.because}`)}">${escaped(row.fault.expected)}</failure></testcase>`
  })
  const skipped = rows.filter(({ reaction }) => reaction === 'not reached').length
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="authtap gauntlet" tests="${rows.length}" failures="${rows.filter(isBad).length}" skipped="${skipped}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`
}

function sarifOf(rows: readonly Row[]) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'authtap gauntlet',
            rules: rows.map(({ fault }) => ({
              id: fault.id,
              shortDescription: { text: fault.title },
              help: { text: `${fault.expected} ${fault.spec.join(', ')}` },
            })),
          },
        },
        results: rows.filter(isBad).map((row) => ({
          ruleId: row.fault.id,
          level: 'error',
          message: { text: `${row.reaction}: ${row.because}. ${row.fault.expected}` },
        })),
      },
    ],
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
