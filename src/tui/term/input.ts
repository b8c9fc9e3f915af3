import { safeLines } from '../../core/wire/safe-text.ts'
import type { InputEvent } from './input-event.ts'
import { eventOf, eventOfCharacter, eventOfSs3, eventOfString, mouse } from './sequence.ts'

/** What the decoder still waits for: the rest of a sequence, or whether an escape was the key. */
export type Waiting = 'escape' | 'sequence'

const pasteStart = '\x1b[200~'
const pasteEnd = '\x1b[201~'
/** More than this of a paste is left out, in bytes. */
const pasteLimit = 1024 * 1024
/** A sequence that is longer is no sequence. */
const sequenceLimit = 4096
/** No reply that is wanted is longer. */
const stringLimit = 64
const interrupt = 0x03

/** `ESC` and one of these begins a string that runs to its terminator: DCS, SOS, OSC, PM, APC (ECMA-48 §5.6). */
const stringStarts = new Set(['P', 'X', ']', '^', '_'])

const control = /^\x1b\[([0-?]*)([ -/]*)([@-~])?/
type Control = [whole: string, parameters: string, intermediates: string, final: string | undefined]

/**
 * Bytes of a terminal into events. What a sequence or character lacks may come with the next bytes; how long to wait
 * for it is the caller's to say: while `waiting` says something, call `flush` after that time.
 */
export class Decoder {
  #mode: 'keys' | 'paste' | 'string' = 'keys'
  /** Bytes not used yet, one character each. */
  #pending = ''
  #paste = ''
  /** What was read of a string, from the character that began it. */
  #string = ''
  #events: InputEvent[] = []

  feed(bytes: Uint8Array): InputEvent[] {
    if (this.#mode === 'paste' && bytes.length === 1 && bytes[0] === interrupt) this.#givePasteUp()
    let rest = this.#pending + Buffer.from(bytes).toString('latin1')
    this.#pending = ''
    while (rest !== '') {
      const used = this.#step(rest)
      if (used === 0) {
        this.#pending = rest
        break
      }
      rest = rest.slice(used)
    }
    return this.#taken()
  }

  get waiting(): Waiting | undefined {
    if (this.#mode === 'string') return 'sequence'
    if (this.#mode === 'paste' || this.#pending === '') return undefined
    return this.#pending === '\x1b' ? 'escape' : 'sequence'
  }

  /** Nothing more came in time: a lone escape was the key, the beginning of a sequence was noise. */
  flush(): InputEvent[] {
    if (this.#mode === 'paste') return []
    if (this.#mode === 'keys' && this.#pending === '\x1b') this.#push(eventOfCharacter('\x1b'))
    this.#mode = 'keys'
    this.#pending = ''
    return this.#taken()
  }

  /** The end of a paste got lost: a C-c that comes alone was typed. */
  #givePasteUp(): void {
    this.#endPaste(this.#pending)
    this.#mode = 'keys'
    this.#pending = ''
  }

  #taken(): InputEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** Uses up some of the bytes and returns how many; 0 when more have to come. */
  #step(rest: string): number {
    if (this.#mode === 'paste') return this.#pasted(rest)
    if (this.#mode === 'string') return this.#readString(rest)
    if (rest[0] === '\x1b') return this.#escape(rest)
    return rest.charCodeAt(0) < 0x80 ? this.#character(rest[0]!) : this.#utf8(rest)
  }

  #character(character: string): number {
    this.#push(eventOfCharacter(character))
    return character.length
  }

  #utf8(rest: string): number {
    const lead = rest.charCodeAt(0)
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    const bytes = Buffer.from(rest.slice(0, length), 'latin1')
    const next = bytes.subarray(1).findIndex((byte) => (byte & 0xc0) !== 0x80)
    const wellFormed = lead >= 0xc2 && lead <= 0xf4 && next === -1
    if (!wellFormed) return next === -1 ? 1 : next + 1
    if (bytes.length < length) return 0
    const character = bytes.toString('utf8')
    if (!character.includes('\ufffd')) this.#push(eventOfCharacter(character))
    return length
  }

  #escape(rest: string): number {
    const next = rest[1]
    if (next === undefined) return 0
    if (next === '[') return this.#control(rest)
    if (next === 'O') {
      if (rest.length < 3) return 0
      this.#push(eventOfSs3(rest[2]!))
      return 3
    }
    if (stringStarts.has(next)) {
      this.#mode = 'string'
      this.#string = next
      return 2
    }
    // A key pressed right after escape is that key. No command has a name with Alt, which would look the same.
    return this.#character('\x1b')
  }

  /** `CSI parameters intermediates final` (ECMA-48 §5.4). */
  #control(rest: string): number {
    const [whole, parameters, intermediates, final] = control.exec(rest) as unknown as Control
    if (final === undefined) {
      const cut = whole.length === rest.length && whole.length <= sequenceLimit
      return cut ? 0 : whole.length
    }
    if (parameters === '' && final === 'M') return this.#oldMouse(rest)
    if (parameters === '' && final === '[') return rest.length < 4 ? 0 : this.#console(rest[3]!)
    if (final === '~' && parameters === '200') this.#mode = 'paste'
    else if (intermediates === '') this.#push(eventOf(parameters, final))
    return whole.length
  }

  /** F1–F5 of the Linux console: `CSI [ A` to `CSI [ E`. */
  #console(character: string): number {
    const number = character.charCodeAt(0) - 0x40
    if (number >= 1 && number <= 5) this.#push({ kind: 'key', key: `f${number}` })
    return 4
  }

  /** `CSI M` and three bytes, each 32 too large: terminals that do not know mode 1006. */
  #oldMouse(rest: string): number {
    if (rest.length < 6) return 0
    const [bits, column, row] = [3, 4, 5].map((index) => rest.charCodeAt(index) - 32) as [
      number,
      number,
      number,
    ]
    const released = !(bits & 96) && (bits & 3) === 3
    this.#push(mouse([bits, column, row], released))
    return 6
  }

  #pasted(rest: string): number {
    const first = rest.indexOf(pasteEnd)
    if (first === -1) {
      // The end may be cut in two.
      const used = rest.length - (pasteEnd.length - 1)
      if (used <= 0) return 0
      this.#keep(rest.slice(0, used))
      return used
    }
    // Text that holds an end of its own would have the rest of it run as commands: the last end counts.
    const another = rest.indexOf(pasteStart, first)
    const end = rest.lastIndexOf(pasteEnd, another === -1 ? rest.length : another)
    this.#endPaste(rest.slice(0, end))
    this.#mode = 'keys'
    return end + pasteEnd.length
  }

  #keep(bytes: string): void {
    this.#paste += bytes.slice(0, Math.max(0, pasteLimit - this.#paste.length))
  }

  #endPaste(bytes: string): void {
    this.#keep(bytes)
    const text = Buffer.from(this.#paste.replaceAll(pasteEnd, ''), 'latin1').toString('utf8')
    this.#paste = ''
    this.#push({ kind: 'paste', text: safeLines(text.replace(/\r\n?/g, '\n')) })
  }

  /** To `ESC \` or BEL, or to what breaks it off; but for the colour of the background it is a reply nobody asked for. */
  #readString(rest: string): number {
    const end = /\x07|\x18|\x1a|\x1b\\|(?=\x1b[^\\])/.exec(rest)
    const length = end?.index ?? (rest.endsWith('\x1b') ? rest.length - 1 : rest.length)
    if (this.#string.length < stringLimit) this.#string += rest.slice(0, length)
    if (end === null) return length
    this.#mode = 'keys'
    this.#push(eventOfString(this.#string))
    const used = end.index + end[0].length
    return used === 0 ? this.#step(rest) : used
  }

  #push(event: InputEvent | undefined): void {
    if (event === undefined) return
    const last = this.#events.at(-1)
    if (
      event.kind === 'wheel' &&
      last?.kind === 'wheel' &&
      last.x === event.x &&
      last.y === event.y &&
      Math.sign(last.n) === Math.sign(event.n)
    ) {
      this.#events[this.#events.length - 1] = { ...last, n: last.n + event.n }
    } else this.#events.push(event)
  }
}
