import type { LabelFacts } from '../../core/wire/label.ts'
import type { KeyLine } from '../keys/keys.ts'
import type { Ui } from '../model/state.ts'
import type { Size } from '../term/frame.ts'
import type { Theme } from '../term/theme.ts'

/** All that a view may look at. It changes nothing of it. */
export interface Scene {
  readonly ui: Ui
  readonly theme: Theme
  readonly size: Size
  /** Milliseconds since the epoch. */
  readonly now: number
  /** When it began to listen. */
  readonly since: number
  readonly urls: readonly { readonly url: string; readonly upstream: string }[]
  /** What points clients at the first URL. */
  readonly setup: readonly { readonly client: string; readonly text: string }[]
  /** Played by itself: nobody has to connect. */
  /** How others can watch; undefined where nobody can. */
  readonly watch: readonly string[] | undefined
  readonly demo: string | undefined
  /** What may be said of the value behind a label. */
  facts(label: string): LabelFacts | undefined
  /** Text with the values that its labels stand for, when they are to be seen. */
  shown(text: string): string
  readonly hints: readonly KeyLine[]
  readonly help: readonly KeyLine[]
}
