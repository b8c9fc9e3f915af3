import type { Colour, Style } from './style.ts'

export type ThemeName = 'dark' | 'light' | 'mono'

export type StyleName =
  | 'text'
  | 'strong'
  | 'dim'
  | 'title'
  | 'heading'
  | 'border'
  | 'focus'
  | 'selected'
  | 'match'
  | 'hint'
  | 'key'
  | 'tab'
  | 'tabOpen'
  | 'prompt'
  | 'alarm'
  | 'secret'
  | 'name'
  | 'string'
  | 'number'
  | 'pass'
  | 'fail'
  | 'warn'
  | 'info'
  | 'blind'
  | 'notSeen'
  | 'partly'

export type Theme = Readonly<Record<StyleName, Style>>

/** A state as people see it: the glyph and the word say it without any colour. */
export interface Mark {
  readonly glyph: string
  readonly word: string
  readonly style: StyleName
}

export type State = 'pass' | 'fail' | 'warn' | 'info' | 'blind' | 'notSeen' | 'partly'

export const marks: Readonly<Record<State, Mark>> = {
  pass: { glyph: '✓', word: 'pass', style: 'pass' },
  fail: { glyph: '✗', word: 'FAIL', style: 'fail' },
  warn: { glyph: '▲', word: 'warn', style: 'warn' },
  info: { glyph: '•', word: 'info', style: 'info' },
  blind: { glyph: '⊘', word: 'blind', style: 'blind' },
  notSeen: { glyph: '○', word: 'not seen', style: 'notSeen' },
  partly: { glyph: '◐', word: 'partly', style: 'partly' },
}

/** What stands for a glyph of ours where only ASCII can be shown. Anything else becomes a question mark. */
export const asciiGlyphs: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '▲': '^',
  '•': 'i',
  '⊘': '!',
  '○': 'o',
  '◐': '%',
  '●': '*',
  '↻': '@',
  '…': '~',
  '·': '-',
  '×': 'x',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '⏎': '^',
  '↳': '`',
  '╰': '`',
  '≠': '!',
  '▶': '>',
  '◀': '<',
  '–': '-',
  '—': '-',
  '‹': '<',
  '›': '>',
  '§': 'S',
  '─': '-',
  '│': '|',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '├': '+',
  '┤': '+',
  '┬': '+',
  '┴': '+',
  '┼': '+',
  '┄': '-',
  '┆': '|',
  '█': '#',
  '▒': '=',
  '░': '.',
}

const mono: Theme = {
  text: {},
  strong: { bold: true },
  dim: { dim: true },
  title: { bold: true },
  heading: { bold: true, underline: true },
  border: { dim: true },
  focus: { bold: true },
  selected: { inverse: true },
  match: { underline: true, bold: true },
  hint: { dim: true },
  key: { bold: true },
  tab: {},
  tabOpen: { inverse: true },
  prompt: { bold: true },
  alarm: { inverse: true, bold: true },
  secret: { inverse: true },
  name: { bold: true },
  string: {},
  number: {},
  pass: {},
  fail: { bold: true },
  warn: { bold: true },
  info: {},
  blind: { dim: true },
  notSeen: { dim: true },
  partly: {},
}

/** The look without colour, and colours on it: what mono tells apart, the others do too. */
function coloured(colours: Readonly<Partial<Record<StyleName, Colour>>>): Theme {
  const names = Object.keys(mono) as StyleName[]
  const entries = names.map((name): [StyleName, Style] => {
    const fg = colours[name]
    return [name, fg === undefined ? mono[name] : { ...mono[name], dim: false, fg }]
  })
  return Object.fromEntries(entries) as Record<StyleName, Style>
}

const hue = (ansi: number, red: number, green: number, blue: number): Colour => ({
  rgb: [red, green, blue],
  ansi,
})

export const themes: Readonly<Record<ThemeName, Theme>> = {
  mono,
  dark: coloured({
    dim: hue(8, 138, 138, 138),
    border: hue(8, 98, 98, 98),
    hint: hue(8, 158, 158, 158),
    notSeen: hue(8, 138, 138, 138),
    blind: hue(8, 158, 138, 178),
    focus: hue(14, 95, 215, 255),
    title: hue(15, 238, 238, 238),
    heading: hue(14, 135, 215, 255),
    key: hue(14, 95, 215, 255),
    match: hue(11, 255, 215, 95),
    prompt: hue(11, 255, 215, 95),
    alarm: hue(9, 255, 95, 95),
    secret: hue(13, 255, 135, 255),
    name: hue(12, 135, 175, 255),
    string: hue(10, 175, 215, 135),
    number: hue(11, 255, 215, 135),
    pass: hue(10, 95, 215, 95),
    fail: hue(9, 255, 95, 95),
    warn: hue(11, 255, 175, 0),
    info: hue(12, 135, 175, 255),
    partly: hue(11, 215, 215, 95),
  }),
  light: coloured({
    dim: hue(8, 98, 98, 98),
    border: hue(7, 158, 158, 158),
    hint: hue(8, 88, 88, 88),
    notSeen: hue(8, 98, 98, 98),
    blind: hue(8, 108, 88, 128),
    focus: hue(4, 0, 95, 175),
    title: hue(0, 18, 18, 18),
    heading: hue(4, 0, 95, 175),
    key: hue(4, 0, 95, 175),
    match: hue(5, 135, 0, 135),
    prompt: hue(5, 135, 0, 135),
    alarm: hue(1, 175, 0, 0),
    secret: hue(5, 135, 0, 135),
    name: hue(4, 0, 0, 175),
    string: hue(2, 0, 95, 0),
    number: hue(3, 135, 75, 0),
    pass: hue(2, 0, 115, 0),
    fail: hue(1, 195, 0, 0),
    warn: hue(3, 155, 80, 0),
    info: hue(4, 0, 95, 175),
    partly: hue(3, 115, 100, 0),
  }),
}
