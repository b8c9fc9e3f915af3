/**
 * Every string that reaches a terminal passes through here. Header values, tokens and bodies are other people's text:
 * a C1 control is enough to clear the screen, write the clipboard or move the cursor (ECMA-48 §8.3), and a bidi or
 * zero-width character shows something other than what is there (Unicode TR 36 §2.2). None of them is dropped: what is
 * unsafe is spelled out, so that the reader sees that it was there.
 */

/** Printable ASCII, Latin-1 without its controls and soft hyphen: the one pass nearly all text needs. */
const plain = /^[\x20-\x7e\xa0-\xac\xae-\xff]*$/

/** Controls, format characters, separators, fillers that draw nothing, noncharacters, halves of surrogate pairs. */
const unsafe =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

const pictograph = /\p{Extended_Pictographic}|\p{Emoji_Modifier}/u

const joiner = 0x200d
const textStyle = 0xfe0e
const emojiStyle = 0xfe0f
const keycap = 0x20e3

/**
 * The text with every character that could act on a terminal, or hide on it, spelled out: `␛` for a C0 control, `\x9b`
 * for C1, `\u{202e}` for the rest. The joiners of an emoji stay. Applying it twice changes nothing more.
 */
export function safe(text: string): string {
  if (plain.test(text)) return text
  return text.replace(unsafe, (character, offset: number) =>
    holdsEmojiTogether(text, character, offset) ? character : spell(character),
  )
}

/** The same for text that keeps its lines: a page for `$PAGER`, a file for `$EDITOR`. */
export function safeLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.split('\t').map(safe).join('\t'))
    .join('\n')
}

/** JSON with the controls escaped that JSON lets stand (RFC 8259 §7), and terminals obey. It means the same. */
export function safeJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A value of any depth with every text in it made safe, and on one line. Names of members are left as they are. */
export function safeTexts<Value>(value: Value): Value {
  return safeWithin(value) as Value
}

function safeWithin(value: unknown): unknown {
  if (typeof value === 'string') return safe(value.replaceAll(/\s*[\r\n]+\s*/g, ' '))
  if (Array.isArray(value)) return value.map(safeWithin)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, safeWithin(one)]))
}

function spell(character: string): string {
  const code = character.codePointAt(0)!
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  if (code < 0xa0) return `\\x${code.toString(16)}`
  return `\\u{${code.toString(16)}}`
}

/**
 * One joiner between two pictographs, one style selector behind one or in a keycap (Unicode TR 51 §2.3): that is an
 * emoji. A run of them, or one anywhere else, hides data.
 */
function holdsEmojiTogether(text: string, character: string, offset: number): boolean {
  const code = character.codePointAt(0)!
  if (code === textStyle || code === emojiStyle) {
    const base = characterBefore(text, offset)
    if (/^[0-9#*]$/.test(base)) return text.charCodeAt(offset + 1) === keycap
    return pictograph.test(base)
  }
  if (code !== joiner) return false
  const after = text.codePointAt(offset + 1)
  if (after === undefined || !pictograph.test(String.fromCodePoint(after))) return false
  const before = characterBefore(text, offset)
  return pictograph.test(
    before.codePointAt(0) === emojiStyle ? characterBefore(text, offset - 1) : before,
  )
}

function characterBefore(text: string, offset: number): string {
  const low = text.charCodeAt(offset - 1)
  const start = low >= 0xdc00 && low <= 0xdfff ? offset - 2 : offset - 1
  return start < 0 ? '' : text.slice(start, offset)
}

/** At most so many characters, and a mark where something was cut: what is left of a secret is known as such by the mark. */
export function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}
