/** A key by name: `j`, `J`, `C-c`, `up`, `S-tab`, `C-S-a`, `M-x`; `space`, `enter`, `escape`, `tab`, `backspace`. */
export interface KeyEvent {
  readonly kind: 'key'
  readonly key: string
  /** What the key types; undefined for keys that type nothing. */
  readonly text?: string
}

/** Columns and rows count from 0. */
export interface MouseEvent {
  readonly kind: 'mouse'
  readonly action: 'press' | 'release' | 'move'
  readonly button: 'left' | 'middle' | 'right' | 'none'
  readonly x: number
  readonly y: number
}

/** Notches of the wheel that came together; positive is down. */
export interface WheelEvent {
  readonly kind: 'wheel'
  readonly n: number
  readonly x: number
  readonly y: number
}

/** Pasted text, made safe, its lines and tabs kept. It is text, never keys. */
export interface PasteEvent {
  readonly kind: 'paste'
  readonly text: string
}

export interface FocusEvent {
  readonly kind: 'focus'
  readonly focused: boolean
}

/** The colour behind the text, as the terminal says (OSC 11). */
export interface BackgroundEvent {
  readonly kind: 'background'
  readonly light: boolean
}

export type InputEvent =
  KeyEvent | MouseEvent | WheelEvent | PasteEvent | FocusEvent | BackgroundEvent
