/** What a transcript says that cannot be read, and where: `line` counts from 1. */
export class TranscriptError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.name = 'TranscriptError'
    this.line = line
  }
}

export interface Line {
  /** From 1. */
  readonly number: number
  /** Without its end and without the indentation that all lines share. One character a byte (UTF-8 read as Latin-1). */
  readonly text: string
}

/** The lines of a transcript. A first line without indentation (right after a template's backtick) does not count. */
export function transcriptLines(text: string): Line[] {
  const raw = Buffer.from(text.replace(/^\ufeff/, ''))
    .toString('latin1')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  const indentation = sharedIndentation(raw)
  return raw.map((line, index) => ({
    number: index + 1,
    text: line.startsWith(indentation) ? line.slice(indentation.length) : line.trimStart(),
  }))
}

function sharedIndentation(lines: readonly string[]): string {
  let shared: string | undefined
  for (const [index, line] of lines.entries()) {
    if (isBlank(line)) continue
    const own = line.slice(0, line.length - line.trimStart().length)
    if (index === 0 && own === '') continue
    shared ??= own
    while (!own.startsWith(shared)) shared = shared.slice(0, -1)
    if (shared === '') break
  }
  // A first line with less indentation than the rest would be damaged by more than its own.
  return shared ?? ''
}

/** Without spaces and tabs at either end. Not trim(): in UTF-8 read as Latin-1, a letter may end in what it takes away. */
export function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start += 1
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1
  return text.slice(start, end)
}

export function isBlank(line: string): boolean {
  return trimmed(line) === ''
}

/** What curl may print right behind a body that has no line end of its own. */
const tails = [
  '* Connection #',
  '* Closing connection',
  '* closing connection',
  '* shutting down connection',
  '* Found bundle for host',
  '* Re-using existing connection',
  '  % Total    % Received',
]

/** The line without what curl put at its end: a note, or its progress meter. */
export function withoutTail(line: string): string {
  const meter = line.includes('--:--:--') ? line.indexOf('\r') : -1
  const cuts = [...tails.map((tail) => line.indexOf(tail)), meter].filter((at) => at !== -1)
  return cuts.length === 0 ? line : line.slice(0, Math.min(...cuts))
}

/** Lines that curl adds and that are no part of what crossed the wire. */
export function isNote(line: string): boolean {
  return (
    line.startsWith('*') ||
    /^[{}] \[\d{1,20} bytes data\]$/.test(line) ||
    /^\s*(?:% Total {4}% Received|Dload {2}Upload|Warning: |Note: |\$ )/.test(line.slice(0, 80)) ||
    (line.includes('--:--:--') && /^[\r\d\s]/.test(line))
  )
}
