import type { InputEvent, KeyEvent } from './input-event.ts'

/** Keys by the last character of their sequence (xterm ctlseqs, "PC-Style Function Keys"). */
const byFinal: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** Keys by the number before `~` (VT220 and rxvt). */
const byNumber: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  ...numbered([11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24]),
}

function numbered(numbers: readonly number[]): Record<number, string> {
  return Object.fromEntries(numbers.map((number, index) => [number, `f${index + 1}`]))
}

/** Keys by code point where the protocol names them so (kitty keyboard protocol, "Functional key definitions"). */
const byCode: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
}

/** What the keys 57399–57415 of the number pad type. */
const padKeys = '0123456789./*-+\r='

const shift = 1
const alt = 2
const control = 4
/** Super, hyper and meta: the window system's, not ours. */
const foreign = 8 | 16 | 32

/** What a control sequence `CSI parameters final` says; undefined for replies and for what means nothing here. */
export function eventOf(parameters: string, final: string): InputEvent | undefined {
  if (parameters.startsWith('<') && (final === 'M' || final === 'm')) {
    return mouse(numbersIn(parameters.slice(1)), final === 'm')
  }
  if (final === 'I' || final === 'O') {
    return parameters === '' ? { kind: 'focus', focused: final === 'I' } : undefined
  }
  if (!/^[0-9;:]*$/.test(parameters)) return undefined
  const numbers = numbersIn(parameters)
  if (final === 'u') return coded(parameters)
  if (final === 'Z') return key('tab', (((numbers[1] ?? 1) - 1) | shift) + 1)
  if (final === '~') {
    if (numbers[0] === 27) return ofCode(numbers[2] ?? 0, numbers[1] ?? 1)
    return key(byNumber[numbers[0] ?? 0], numbers[1])
  }
  // `CSI row;column R` is where the cursor is, `CSI 1;modifiers R` a key.
  if (numbers.length > 0 && numbers[0] !== 1) return undefined
  return key(byFinal[final], numbers[1])
}

/** `ESC O x`: cursor keys in application mode, F1–F4, the number pad's enter. */
export function eventOfSs3(character: string): InputEvent | undefined {
  return character === 'M' ? named('enter') : key(byFinal[character], 1)
}

/** `OSC 11 ; rgb:RRRR/GGGG/BBBB`: the colour of the background (xterm ctlseqs, "Operating System Commands"). */
export function eventOfString(text: string): InputEvent | undefined {
  const parts = /^\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(text)
  if (parts === null) return undefined
  const [red, green, blue] = parts
    .slice(1)
    .map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1)) as [number, number, number]
  // How bright people see it (ITU-R BT.601).
  return { kind: 'background', light: 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 }
}

/** What a single character types. Controls have names; the unnamed are nothing. */
export function eventOfCharacter(character: string): KeyEvent | undefined {
  const code = character.codePointAt(0)!
  if (code === 0x20) return { kind: 'key', key: 'space', text: ' ' }
  if (code >= 0x80 && code < 0xa0) return undefined
  if (code > 0x20 && code !== 0x7f) return { kind: 'key', key: character, text: character }
  if (code === 0x0a) return named('enter')
  const name = byCode[code]
  if (name !== undefined) return named(name)
  return named(`C-${code === 0 ? 'space' : String.fromCharCode(code + 0x40).toLowerCase()}`)
}

/** `CSI code:shifted;modifiers:event;text u` of the kitty keyboard protocol. */
function coded(parameters: string): KeyEvent | undefined {
  const [codes = '', states = ''] = parameters.split(';')
  const [code = '', shifted = ''] = codes.split(':')
  const [modifiers = '', event = ''] = states.split(':')
  const released = event === '3'
  return released ? undefined : ofCode(Number(code), Number(modifiers || 1), Number(shifted))
}

function ofCode(code: number, modifiers: number, shifted = 0): KeyEvent | undefined {
  const bits = modifiers - 1
  if (bits & foreign) return undefined
  if (code >= 57399 && code <= 57415 && code !== 57414) {
    return eventOfCharacter(padKeys[code - 57399]!)
  }
  const name = byCode[code]
  if (name === 'space' && !(bits & (alt | control))) return eventOfCharacter(' ')
  if (name !== undefined) return key(name, modifiers)
  if (!types(code)) return undefined
  const character = String.fromCodePoint(code)
  if (bits & (alt | control)) return key(character, modifiers)
  if (!(bits & shift)) return eventOfCharacter(character)
  return eventOfCharacter(types(shifted) ? String.fromCodePoint(shifted) : character.toUpperCase())
}

/** A character and not a control, half a surrogate pair, or a key without a character (57344–63743). */
function types(code: number): boolean {
  if (!Number.isInteger(code) || code <= 0x20 || code > 0x10ffff) return false
  return !(code >= 0x7f && code < 0xa0) && !(code >= 0xd800 && code <= 63743)
}

/** A key with its modifiers, counted from 1 as terminals send them. */
function key(name: string | undefined, modifiers = 1): KeyEvent | undefined {
  if (name === undefined) return undefined
  const bits = Math.max(1, modifiers) - 1
  if (bits & foreign) return undefined
  const prefix = `${bits & control ? 'C-' : ''}${bits & alt ? 'M-' : ''}${bits & shift ? 'S-' : ''}`
  return named(prefix + name)
}

function named(name: string): KeyEvent {
  return { kind: 'key', key: name }
}

const buttons = ['left', 'middle', 'right', 'none'] as const

/** A report of the mouse: bits of the button, column and row from 1 (xterm ctlseqs, "Extended coordinates"). */
export function mouse(numbers: readonly number[], released: boolean): InputEvent | undefined {
  const [bits = 0, column = 0, row = 0] = numbers
  if (column < 1 || row < 1 || bits >= 128) return undefined
  const place = { x: column - 1, y: row - 1 }
  if (bits & 64) {
    const direction = bits & 3
    return direction > 1 ? undefined : { kind: 'wheel', n: direction === 0 ? -1 : 1, ...place }
  }
  const button = buttons[bits & 3]!
  const action = bits & 32 ? 'move' : released ? 'release' : 'press'
  return { kind: 'mouse', action, button, ...place }
}

function numbersIn(parameters: string): number[] {
  if (parameters === '') return []
  return parameters.split(';').map((part) => Number.parseInt(part, 10) || 0)
}
