import type { IUnicodeHandling, IUnicodeVersionProvider } from '@xterm/headless'
import { eastAsianWidth } from 'get-east-asian-width'

/**
 * How wide a terminal thinks characters are: as of Unicode 6, as of Unicode 11, by whole clusters, or as of Unicode 11
 * in the tradition of East Asia, where borders are wide too.
 */
export type WidthModel = '6' | '11' | 'clusters' | 'east-asian'

type Columns = 0 | 1 | 2

const mark = /[\p{Mn}\p{Me}\p{Cf}]/u
const pictograph = /\p{Extended_Pictographic}/u

/** The bits xterm.js packs a character's properties into. */
const pack = (state: number, width: number, join: boolean) =>
  (state << 3) | (width << 1) | (join ? 1 : 0)
const widthIn = (packed: number) => (packed >> 1) & 3
const stateIn = (packed: number) => packed >> 3

function columnsOf(code: number, ambiguousAsWide = false): Columns {
  const character = String.fromCodePoint(code)
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0
  if (mark.test(character) || (code >= 0x1160 && code <= 0x11ff)) return 0
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2
  return eastAsianWidth(code, { ambiguousAsWide })
}

function byCharacter(version: WidthModel, ambiguousAsWide: boolean): IUnicodeVersionProvider {
  return {
    version,
    wcwidth: (code) => columnsOf(code, ambiguousAsWide),
    charProperties(code, before) {
      const width = columnsOf(code, ambiguousAsWide)
      const joins = width === 0 && before !== 0 && widthIn(before) > 0
      return pack(0, joins ? widthIn(before) : width, joins)
    },
  }
}

const afterJoiner = 1
const afterHalfFlag = 2

const clusters: IUnicodeVersionProvider = {
  version: 'clusters',
  wcwidth: (code) => columnsOf(code),
  charProperties(code, before) {
    const character = String.fromCodePoint(code)
    const old = widthIn(before)
    const wide = Math.max(old, columnsOf(code))
    if (before !== 0 && old > 0) {
      if (code === 0xfe0f) return pack(0, 2, true)
      if (code === 0x200d) return pack(afterJoiner, old, true)
      if (columnsOf(code) === 0 || /[\p{Mc}\p{Emoji_Modifier}]/u.test(character)) {
        return pack(0, old, true)
      }
      if (stateIn(before) === afterJoiner && pictograph.test(character)) return pack(0, wide, true)
      if (stateIn(before) === afterHalfFlag && isHalfFlag(code)) return pack(0, 2, true)
    }
    return pack(isHalfFlag(code) ? afterHalfFlag : 0, columnsOf(code), false)
  },
}

function isHalfFlag(code: number): boolean {
  return code >= 0x1f1e6 && code <= 0x1f1ff
}

/** Has a terminal count columns by this model. */
export function useModel(unicode: IUnicodeHandling, model: WidthModel): void {
  for (const provider of [byCharacter('11', false), byCharacter('east-asian', true), clusters]) {
    unicode.register(provider)
  }
  unicode.activeVersion = model
}
