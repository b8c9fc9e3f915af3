import type { Severity } from '../../core/verdict/report.ts'

/** How text output looks: colour and symbols, or neither. A state is never colour alone. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
  readonly pass: string
  readonly fail: string
  readonly warn: string
  readonly info: string
  /** Before what follows from something else. */
  readonly follows: string
  /** In front of what is neither right nor wrong. */
  readonly plain: string
  readonly rule: string
  /** Text as the place it goes to can show it. */
  readonly shown: (text: string) => string
  /** Columns to wrap text at; infinite where no terminal shows it. */
  readonly width: number
}

export function makeStyle({
  color,
  unicode,
  isTerminal = false,
  width = () => Infinity,
}: {
  color: boolean
  unicode: boolean
  /** What is no terminal is read later, and somewhere else. */
  isTerminal?: boolean
  /** Asked whenever something is printed: a terminal may get another size. */
  width?: () => number
}): Style {
  const paint = (open: number, close: number) => (text: string) =>
    color ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    pass: unicode ? '✓' : '+',
    fail: unicode ? '✗' : 'x',
    warn: unicode ? '▲' : '^',
    info: unicode ? 'ℹ' : 'i',
    follows: unicode ? '↳' : '>',
    plain: unicode ? '·' : '-',
    rule: unicode ? '─' : '-',
    shown: isTerminal && !unicode ? asciiText : (text) => text,
    get width() {
      return width()
    },
  }
}

const asciiSigns: Readonly<Record<string, string>> = {
  '§': 'section ',
  '…': '...',
  '×': 'x',
  '→': '->',
  '–': '-',
  '—': '-',
  '·': '-',
  '‹': '<',
  '›': '>',
}

/** The signs that we use in ASCII; any other character is somebody's own, and stays what it is. */
function asciiText(text: string): string {
  return text.replace(/[§…×→–—·‹›]/g, (sign) => asciiSigns[sign]!)
}

/** Whether the locale says that the terminal shows more than ASCII. */
export function speaksUnicode(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale) || platform === 'darwin' || env['WT_SESSION'] !== undefined
}

/** Whether to print colour to a stream: only to a terminal, and never against NO_COLOR (no-color.org). */
export function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean, flagged: boolean): boolean {
  return isTerminal && !flagged && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}

/** What the person is told beside what the exchanges say. */
export function noticeLine(
  { level, text }: { readonly level: Severity; readonly text: string },
  style: Style,
): string {
  const marks = {
    info: style.info,
    warning: style.yellow(style.warn),
    error: style.red(style.fail),
  }
  return `${marks[level]} ${text}`
}

/** Breaks a line at blanks where it would pass the width; what has no blank stays whole. */
export function wrapped(line: string, width: number): string[] {
  if (line.length <= width) return [line]
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    if (current === '') current = word
    else if (current.length + 1 + word.length <= width) current += ` ${word}`
    else {
      lines.push(current)
      current = word
    }
  }
  return [...lines, current]
}
