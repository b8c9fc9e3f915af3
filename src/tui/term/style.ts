/** A colour for terminals that can show it, and the one of the sixteen for those that cannot. */
export interface Colour {
  readonly rgb: readonly [red: number, green: number, blue: number]
  /** 0–15, in the order of SGR 30–37 and 90–97. */
  readonly ansi: number
}

export interface Style {
  readonly fg?: Colour
  readonly bg?: Colour
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly inverse?: boolean
}

/** How many colours there are: 24 bits, the 256 palette, the sixteen, none. */
export type ColourDepth = 'true' | '256' | '16' | 'mono'

export const plainStyle: Style = {}

/** The parameters of SGR (ECMA-48 §8.3.117) that give this style and no other: they begin with a reset. */
export function sgr(style: Style, depth: ColourDepth): string {
  return [
    '0',
    style.bold && '1',
    style.dim && '2',
    style.italic && '3',
    style.underline && '4',
    style.inverse && '7',
    style.fg && colour(style.fg, depth, 30),
    style.bg && colour(style.bg, depth, 40),
  ]
    .filter(Boolean)
    .join(';')
}

function colour({ rgb, ansi }: Colour, depth: ColourDepth, base: 30 | 40): string {
  switch (depth) {
    case 'true':
      return `${base + 8};2;${rgb.join(';')}`
    case '256':
      return `${base + 8};5;${nearest(rgb)}`
    case '16':
      return String(ansi < 8 ? base + ansi : base + 60 + ansi - 8)
    case 'mono':
      return ''
  }
}

const cubeLevels = [0, 95, 135, 175, 215, 255] as const

/** The nearest of the 6×6×6 cube and the 24 greys of the 256 palette. */
function nearest(rgb: Colour['rgb']): number {
  const [red, green, blue] = rgb.map(nearestLevel) as [number, number, number]
  const cube = [cubeLevels[red]!, cubeLevels[green]!, cubeLevels[blue]!]
  const step = Math.round((rgb.reduce((sum, part) => sum + part, 0) / 3 - 8) / 10)
  const grey = Math.min(23, Math.max(0, step))
  const greys = [8 + grey * 10, 8 + grey * 10, 8 + grey * 10]
  return distance(rgb, cube) <= distance(rgb, greys) ? 16 + 36 * red + 6 * green + blue : 232 + grey
}

function nearestLevel(part: number): number {
  const gaps = cubeLevels.map((level) => Math.abs(level - part))
  return gaps.indexOf(Math.min(...gaps))
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, part, index) => sum + (part - b[index]!) ** 2, 0)
}
