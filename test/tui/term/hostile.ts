import fc from 'fast-check'

/** Pieces of text that act on terminals, hide on them, or make them disagree about columns. */
const fragments: readonly string[] = [
  '\x1b[2J',
  '\x1b[32m PASS',
  '\x1b[8mgone',
  '\x1b[38;5;999999m',
  '\x1b[12;40H',
  '\x1b]0;title\x07',
  '\x1b]52;c;c3RvbGVu\x07',
  '\x1bP1;2q',
  '\x1bc',
  '\x1b',
  '\u009b2J',
  '\u009b12;40H',
  '\u009d52;c;c3RvbGVu\u009c',
  '\u009d0;title\u009c',
  '\u0090q',
  '\u0085',
  '\0\x07\b\t\n\v\f\r\x0e\x0f\x7f',
  '\u202eevil\u202c',
  '\u2066\u2069\u061c\u200f',
  '\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164\u115f',
  '\u{e0041}\u{e007f}\u{e0100}',
  '\ufe0f\ufe0f',
  '\ud800',
  '\udc00x',
  '\uffff',
  '\u2028\u2029',
  '{red-fg}{bold}FAKE{/}',
  'x{/escape}{red-fg}',
  'plain ASCII',
  'Grüße',
  'Привет',
  'שלום',
  'مرحبا',
  '日本語',
  '한국어',
  '\u1112\u1161\u11ab',
  'नमस्ते',
  'நி',
  'ภาษาไทย',
  'e\u0301\u0302',
  `z${'\u0336\u0308'.repeat(20)}`,
  '\u0301',
  '✅❌⌚',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  '❤️',
  '1️⃣',
  '🇩🇪🇫🇷',
  '🏴\u{e0067}\u{e0062}\u{e007f}',
  '𠀀',
  '🫠🪿',
  '─│█▒',
  '\u{10fffd}\ue000',
]

export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...fragments) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map(character) },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))

function character(unit: number): string {
  return String.fromCharCode(unit)
}

/** Every sequence this UI writes; text that contains them cannot be told from them, and none of `fragments` does. */
const ours =
  /\x1b\[\?(?:1049|25|7|2004|1004|1000|1006|2026)[hl]|\x1b\[8[hl]|\x1b\[0(?:;\d+)*m|\x1b\[\d+;\d+H|(?<=\x1b\[0m)\x1b\[2J|\x1b\]11;\?\x1b\\/g

/** What acts on a terminal and is not ours. */
export function foreignControls(written: string): string[] {
  const rest = written.replace(ours, '')
  return rest.match(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Cf}].{0,12}/gsu) ?? []
}
