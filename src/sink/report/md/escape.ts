import { safe, safeLines } from '../../../core/wire/safe-text.ts'
import { cut } from '../cut.ts'

/** Other people's text in a sentence of GitHub Markdown: nothing in it is markup, a mention or a reference. */
export function prose(text: string, limit = 600): string {
  return cut(safe(text), limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('#', '&#35;')
    .replaceAll('@', '&#64;')
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/^([-+=]|\d{1,9}[.)])/, '\\$1')
}

/** A sentence of a rule, in which code stands between backticks. */
export function ruleProse(text: string, limit = 1000): string {
  const parts = cut(safe(text), limit).split('`')
  if (parts.length % 2 === 0) return prose(text, limit)
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : prose(part))).join('')
}

/** Other people's text where GitHub reads HTML. */
function htmlText(text: string, limit: number): string {
  return cut(safe(text), limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('#', '&#35;')
    .replaceAll('@', '&#64;')
}

/** A value as code on one line, with as many backticks around it as it takes. */
export function code(text: string, limit = 300): string {
  const line = cut(safe(text), limit)
  if (line.trim() === '') return '(nothing)'
  const fence = '`'.repeat(longestRun(line) + 1)
  const space = line.startsWith('`') || line.endsWith('`') || fence.length > 1 ? ' ' : ''
  return `${fence}${space}${line}${space}${fence}`
}

/** Code within a cell of a table. */
export function codeCell(text: string, limit?: number): string {
  return code(text, limit).replaceAll('|', '\\|')
}

/** Lines as a block of code, with a fence that nothing in it can close. */
export function codeBlock(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${safeLines(text)}\n${fence}`
}

/** Folded away until it is asked for. The summary is plain text: GitHub reads no Markdown on that line. */
export function folded(summary: string, content: string): string {
  return `<details>\n<summary>${htmlText(summary, 300)}</summary>\n\n${content}\n\n</details>`
}

function longestRun(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
