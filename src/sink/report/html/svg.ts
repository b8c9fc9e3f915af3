import { cut } from '../cut.ts'
import type { Lane } from '../lanes.ts'
import { type Markup, markup } from '../markup.ts'
import { type Gap, type Message, type Sequence, isGap } from '../sequence.ts'

/** Pixels. */
const widestGap = 240
/** Five lanes still fit on a page. */
const narrowGap = 215
const margin = 110
const headHeight = 44
const lineHeight = 26
/** The widest that a character of the text gets, in pixels. */
const characterWidth = 6.4

/** A sequence as a picture; each message is a link to its exchange. */
export function sequenceSvg(
  sequence: Sequence,
  anchor: (exchange: string) => string | undefined,
): Markup {
  const { lanes, items } = sequence
  const laneGap = lanes.length > 4 ? narrowGap : widestGap
  const x = (lane: Lane) => margin + lanes.indexOf(lane) * laneGap
  let y = headHeight + 14
  const rows = items.map((item) => {
    const row = isGap(item) ? gapRow(item, y, width) : messageRow(item, y, x, anchor)
    y += heightOf(item)
    return row
  })
  const height = y + 8
  return markup`<svg viewBox="0 0 ${width()} ${height}" width="${width()}" height="${height}" role="group" aria-label="Sequence of flow ${sequence.flow.id}">
${lanes.map((lane) => laneLine(lane, x(lane), height))}${rows}</svg>`

  function width(): number {
    return 2 * margin + (lanes.length - 1) * laneGap
  }
}

function heightOf(item: Message | Gap): number {
  if (isGap(item)) return lineHeight
  const arrows = 1 + Number(item.through !== undefined) + Number(item.answer !== '')
  return arrows * lineHeight + (item.broken ? 30 : 8)
}

function laneLine({ name, origin }: Lane, x: number, height: number): Markup {
  const shown = origin.replace(/^https?:\/\//, '')
  return markup`<line class="lane" x1="${x}" y1="${headHeight}" x2="${x}" y2="${height}"/>
<rect class="head" x="${x - 100}" y="1" width="200" height="${headHeight - 4}" rx="6"/>
<text class="name" x="${x}" y="${origin === '' ? 25 : 18}" text-anchor="middle">${name}</text>
${origin !== '' && markup`<text class="origin" x="${x}" y="33" text-anchor="middle"><title>${origin}</title>${cut(shown, 34)}</text>\n`}`
}

function gapRow({ note }: Gap, y: number, width: () => number): Markup {
  return markup`<text class="note" x="${width() / 2}" y="${y + 12}" text-anchor="middle">${note}</text>\n`
}

function messageRow(
  message: Message,
  top: number,
  x: (lane: Lane) => number,
  anchor: (exchange: string) => string | undefined,
): Markup {
  const { from, through, to, question, answer, ok, broken, exchange } = message
  const text = `${exchange}. ${question}`
  const y = top + (broken ? 22 : 0)
  const legs =
    through === undefined
      ? [[from, to] as const]
      : [[from, through] as const, [through, to] as const]
  const parts = legs.map(([a, b], index) =>
    arrow(x(a), x(b), y + (index + 1) * lineHeight - 8, index === 0 ? text : question, 'ask', true),
  )
  const at = y + (legs.length + 1) * lineHeight - 8
  if (answer !== '') parts.push(arrow(x(to), x(from), at, (ok ? '' : '✗ ') + answer, 'answer', ok))
  const target = anchor(exchange)
  const content = markup`${broken && breakBox(message, top, x)}${parts}`
  return target === undefined ? content : markup`<a href="#${target}">${content}</a>\n`
}

function breakBox(message: Message, top: number, x: (lane: Lane) => number): Markup {
  const ends = [message.from, message.to].map(x)
  const left = Math.min(...ends) - 14
  const width = Math.max(Math.max(...ends) - left + 14, 220)
  return markup`<rect class="break" x="${left}" y="${top}" width="${width}" height="${heightOf(message) - 4}" rx="6"/>
<text class="bad-text name" x="${left + 8}" y="${top + 15}">✗ first broken step</text>
`
}

function arrow(
  from: number,
  to: number,
  y: number,
  text: string,
  kind: 'ask' | 'answer',
  ok: boolean,
): Markup {
  const self = from === to
  const end = self ? from + 40 : to
  const side = Math.sign(end - from)
  const room = Math.max(Math.abs(end - from), narrowGap) - 24
  const shown = cut(text, Math.floor(room / characterWidth))
  const bad = ok ? '' : ' bad'
  const tip = `${end},${y} ${end - side * 8},${y - 4} ${end - side * 8},${y + 4}`
  const words = `${kind === 'answer' ? 'answer-text' : ''}${ok ? '' : ' bad-text'}`
  return markup`<g><title>${text}</title><line class="arrow ${kind}${bad}" x1="${from}" y1="${y}" x2="${end - side * 6}" y2="${y}"/><polygon class="tip${ok ? '' : ' bad-tip'}" points="${tip}"/><text class="${words}" x="${(from + end) / 2}" y="${y - 5}" text-anchor="middle">${shown}</text></g>
`
}
