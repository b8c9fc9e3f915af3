import type { Row } from '../model/rows.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { clock, hostOf, isSilent, pathOf, statusText } from '../model/rows.ts'
import type { Frame } from '../term/frame.ts'
import { type StyleName, marks } from '../term/theme.ts'
import { fit, pad } from '../term/width.ts'
import type { Span } from './line.ts'
import { putLine, scrollBar } from './line.ts'
import type { Scene } from './scene.ts'

/** Columns of the list; `undefined` where there is no room for one. */
interface Columns {
  readonly id: number
  readonly time: boolean
  readonly flow: boolean
  readonly host: number
  readonly kind: boolean
  readonly path: number
  readonly ms: boolean
  readonly note: boolean
}

/** What goes first when it gets narrow: note, host, kind, and then time; the path takes what is left. */
function columnsFor(room: number, digits: number): Columns {
  const id = Math.max(3, digits)
  const fits = { time: room >= 56, flow: room >= 50, kind: room >= 64, ms: room >= 46 }
  const host = room >= 118 ? 24 : 0
  const note = room >= 40
  const used =
    2 +
    id +
    1 +
    (fits.time ? 9 : 0) +
    (fits.flow ? 3 : 0) +
    4 +
    (host > 0 ? host + 1 : 0) +
    (fits.kind ? 10 : 0) +
    5 +
    5 +
    (fits.ms ? 7 : 0) +
    (note ? 5 : 0)
  return { id, ...fits, host, note, path: Math.max(4, room - used) }
}

export function drawList(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const { listing } = ui
  const columns = columnsFor(frame.columns - 1, String(ui.model.rows.length).length)
  putLine(frame, 0, headLine(columns), theme)
  const rows = frame.rows - 1
  const selected = ui.selected
  for (let y = 0; y < rows; y++) {
    const row = listing.at(top + y)
    if (row === undefined) break
    const spans = rowLine(row, columns, scene)
    if (row.index !== selected?.index) putLine(frame, y + 1, spans, theme)
    else {
      const text = spans.map((span) => span.text).join('')
      frame.put(0, y + 1, pad(text, frame.columns), theme.selected)
    }
  }
  scrollBar(frame, frame.columns, 1, rows, { top, total: listing.length }, theme)
}

function headLine(columns: Columns): Span[] {
  const parts = [
    ' ',
    pad('#', columns.id, 'right'),
    ' ',
    columns.time ? 'time     ' : '',
    columns.flow ? 'fl ' : '',
    'to  ',
    columns.host > 0 ? pad('host', columns.host + 1) : '',
    columns.kind ? 'kind      ' : '',
    'meth ',
    pad('path', columns.path + 1),
    'sta ',
    columns.ms ? pad('ms', 6, 'right') : '',
  ]
  return [{ text: ` ${parts.join('')}`, style: 'dim' }]
}

function rowLine(row: Row, columns: Columns, scene: Scene): Span[] {
  const { ui } = scene
  const { error, warning } = ui.model.weight(row.id)
  const { marked } = ui.state
  const note: Span =
    error > 0
      ? { text: ` ${marks.fail.glyph}${error}`, style: 'fail' }
      : warning > 0
        ? { text: ` ${marks.warn.glyph}${warning}`, style: 'warn' }
        : { text: '' }
  return [
    { text: marked.has(row.id) ? '●' : row.repeats ? '↻' : ' ', style: 'match' },
    { text: ` ${pad(row.id, columns.id, 'right')} `, style: 'dim' },
    ...(columns.time ? [{ text: `${clock(row.startedAt)} `, style: 'dim' as const }] : []),
    ...(columns.flow ? [{ text: `${pad(flowNumber(row.flow), 2)} `, style: 'dim' as const }] : []),
    { text: row.role.padEnd(4), style: 'info' },
    ...(columns.host > 0
      ? [{ text: `${pad(hostOf(row.url), columns.host, 'left', 'middle')} ` }]
      : []),
    ...(columns.kind ? [{ text: `${pad(stepKinds[row.kind].word, 9)} ` }] : []),
    { text: `${pad(row.method, 4)} ` },
    { text: `${pad(pathShown(row), columns.path, 'left', 'middle')} ` },
    { text: `${pad(statusText(row), 4)}`, style: statusStyle(row) },
    ...(columns.ms
      ? [
          isSilent(row)
            ? { text: pad(running(scene.now - row.startedAt), 6, 'right'), style: 'warn' as const }
            : { text: pad(duration(row.took), 6, 'right'), style: durationStyle(row.took) },
        ]
      : []),
    ...(columns.note ? [note] : []),
  ]
}

/** A query is mostly noise in a list; that there is one is not. */
function pathShown(row: Row): string {
  const path = pathOf(row.url)
  const query = path.indexOf('?')
  return query < 0 ? path : `${path.slice(0, query)}?${fit(path.slice(query + 1), 40)}`
}

function statusStyle({ status, failure, ok }: Row): StyleName {
  if (failure !== undefined) return 'fail'
  if (status === undefined) return 'dim'
  if (status >= 500) return 'fail'
  if (status >= 400) return ok ? 'warn' : 'fail'
  return status >= 300 ? 'info' : 'pass'
}

export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '…'
  if (milliseconds < 10_000) return String(Math.round(milliseconds))
  if (milliseconds < 600_000) return `${Math.round(milliseconds / 1000)}s`
  return `${Math.round(milliseconds / 60_000)}m`
}

/** How long something has lasted that still lasts. */
export function running(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return seconds < 600 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`
}

function durationStyle(milliseconds: number | undefined): StyleName {
  if (milliseconds === undefined || milliseconds < 1000) return 'dim'
  return milliseconds < 5000 ? 'warn' : 'fail'
}

export function flowNumber(flow: string): string {
  return flow.replace(/^w/, '')
}
