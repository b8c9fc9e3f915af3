import { safe, safeLines } from '../../core/wire/safe-text.ts'

/** Text that is markup already: everything else that goes into a template is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

type Part = Markup | string | number | false | undefined | readonly Part[]

/** HTML, SVG or XML with values put in: strings escaped, markup as it is, lists joined, `false` and `undefined` left out. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!
  for (const [index, part] of parts.entries()) text += rendered(part) + strings[index + 1]!
  return new Markup(text)
}

/** Text of several lines, as it stands in `pre`. */
export function lines(text: string): Markup {
  return new Markup(escaped(safeLines(text)))
}

/** A sentence of a rule, in which code stands between backticks. */
export function sentenceMarkup(text: string): Markup {
  const parts = text.split('`')
  // One that is left over is a character like any other.
  const whole = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join('`')]
  return markup`${whole.map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part))}`
}

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return escaped(safe(part))
  if (typeof part === 'number') return String(part)
  if (part === false || part === undefined) return ''
  return part.map(rendered).join('')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
