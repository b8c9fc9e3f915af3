import type { Safe } from '../../core/redact/redactor.ts'
import type { ExchangeEvent } from '../../core/verdict/event.ts'
import { counted } from '../../core/verdict/words.ts'
import { type Change, type DiffPart, differs, diffOf } from '../model/diff.ts'
import { statusText } from '../model/rows.ts'
import type { Overlay } from '../model/state.ts'
import type { StyleName } from '../term/theme.ts'
import { cells } from '../term/width.ts'
import { type Line, type Span, blankLine, line, prose, wrapped } from './line.ts'
import { clock } from '../model/rows.ts'
import type { Scene } from './scene.ts'

type Diff = Extract<Overlay, { kind: 'diff' }>
type Held = Safe<ExchangeEvent> | undefined

interface Made {
  readonly of: readonly unknown[]
  readonly lines: readonly Line[]
}

/** More of a value is not compared, in characters. */
const valueLimit = 4000

let made: Made | undefined

/** What differs between two exchanges, and by name what does not. It is not made anew for every frame. */
export function diffPage(diff: Diff, scene: Scene, columns: number): readonly Line[] {
  const { model, state } = scene.ui
  const [left, right] = [model.held.get(diff.left), model.held.get(diff.right)]
  const of = [left, right, columns, state.wrap, state.revealed]
  if (made?.of.every((one, place) => one === of[place]) === true) return made.lines
  const lines = makePage([left, right], diff, scene, columns)
  made = { of, lines: state.wrap ? lines.flatMap((one) => wrapped(one, columns, 5)) : lines }
  return made.lines
}

function makePage(
  [left, right]: readonly [Held, Held],
  diff: Diff,
  scene: Scene,
  columns: number,
): Line[] {
  const heads = [
    headLine('-', diff.left, 'marked', scene),
    headLine('+', diff.right, 'selected', scene),
    blankLine,
  ]
  if (left === undefined || right === undefined)
    return [...heads, ...prose('authtap no longer holds one of the two.', columns - 1, 'dim', 1)]
  const parts = diffOf(left.exchange, right.exchange, scene.facts)
  const telling = parts.filter(differs)
  const rest = parts.filter((part) => !differs(part) && part.same.length > 0)
  return [
    ...heads,
    ...(telling.length === 0
      ? [line(' The two do not differ in what authtap holds of them.', 'pass')]
      : []),
    ...telling.flatMap((part) => [...partLines(part, scene, columns), blankLine]),
    ...(rest.length === 0
      ? []
      : prose(
          `The same in both: ${rest.map(({ title, same }) => `${title.toLowerCase()} (${same.length})`).join(', ')}.`,
          columns - 1,
          'dim',
          1,
        )),
  ]
}

function headLine(sign: '-' | '+', id: string, what: string, { ui }: Scene): Line {
  const row = ui.model.row(id)
  const style = sign === '-' ? 'warn' : 'info'
  if (row === undefined) return [{ text: ` ${sign} #${id}`, style }]
  return [
    { text: ` ${sign} #${id} `, style },
    { text: `${row.method} ${row.url.split('?', 1)[0]} → ${statusText(row)}`, style: 'strong' },
    { text: `  ${clock(row.startedAt)}  ${what}`, style: 'dim' },
  ]
}

function partLines(
  { title, changes, same, noise, lines }: DiffPart,
  scene: Scene,
  columns: number,
): Line[] {
  return [
    line(` ${title}`, 'heading'),
    ...changes.flatMap((change) => changeLines(change, scene)),
    ...(lines ?? []).map((one): Line => {
      if (one.side === 'gap')
        return [{ text: `   … ${counted(Number(one.text), 'line')} the same`, style: 'dim' }]
      const [sign, style] = signs[one.side]
      return [
        { text: `   ${sign} `, style },
        { text: scene.shown(one.text), style },
      ]
    }),
    ...named('the same', same, columns),
    ...named('differs in every request', noise, columns),
  ]
}

function named(what: string, names: readonly string[], columns: number): Line[] {
  if (names.length === 0) return []
  return prose(`${what}: ${names.join(', ')}`, columns - 1, 'dim', 3).slice(0, 3)
}

const signs: Readonly<Record<'both' | 'left' | 'right', readonly [string, StyleName]>> = {
  both: [' ', 'dim'],
  left: ['-', 'warn'],
  right: ['+', 'info'],
}

function changeLines({ name, left, right }: Change, scene: Scene): Line[] {
  const texts = [left, right].map((text) => text && scene.shown(text.slice(0, valueLimit)))
  const [one, other] = [texts[0], texts[1]]
  const ends = one === undefined || other === undefined ? [0, 0] : sharedEnds(one, other)
  return [
    [{ text: `   ${name}`, style: 'name' }],
    valueLine('-', one, ends as [number, number], 'warn'),
    valueLine('+', other, ends as [number, number], 'info'),
  ]
}

/** What both values begin and end with is shown as it is, the rest stands out. */
function valueLine(
  sign: '-' | '+',
  text: string | undefined,
  [before, after]: readonly [number, number],
  style: StyleName,
): Line {
  const head: Span = { text: `   ${sign} `, style }
  if (text === undefined) return [head, { text: '(not there)', style: 'dim' }]
  if (text === '') return [head, { text: '(empty)', style: 'dim' }]
  const parts = cells(text).map((cell) => cell.text)
  const end = parts.length - after
  return [
    head,
    { text: parts.slice(0, before).join('') },
    { text: parts.slice(before, end).join(''), style },
    { text: parts.slice(end).join('') },
  ]
}

function sharedEnds(one: string, other: string): [before: number, after: number] {
  const [left, right] = [one, other].map((text) => cells(text).map((cell) => cell.text)) as [
    string[],
    string[],
  ]
  const room = Math.min(left.length, right.length)
  let before = 0
  while (before < room && left[before] === right[before]) before++
  let after = 0
  while (after < room - before && left[left.length - 1 - after] === right[right.length - 1 - after])
    after++
  return [before, after]
}
