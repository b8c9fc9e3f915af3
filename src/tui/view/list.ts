import { factOf } from '../../core/verdict/fact.ts'
import type { FlowReport } from '../../core/verdict/report.ts'
import type { Held } from '../../core/wire/exchange.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { culpritOf } from '../model/attempt.ts'
import { brokenBy } from '../model/flow.ts'
import type { Model } from '../model/model.ts'
import type { Part } from '../model/roles.ts'
import { type Row, clock, hostOf, isSilent, lastsFor, pathOf, statusText } from '../model/rows.ts'
import type { Frame } from '../term/frame.ts'
import { type StyleName, marks } from '../term/theme.ts'
import { fit, pad, width } from '../term/width.ts'
import { type Line, type Span, clippedAt, line, putLine, scrollBar } from './line.ts'
import type { Scene } from './scene.ts'

/** Columns of the list; 0 or false where there is no room for one. */
interface Columns {
  readonly id: number
  readonly time: boolean
  readonly flow: number
  readonly kind: number
  readonly what: number
  readonly path: number
  readonly ms: boolean
}

/** What goes first when it gets narrow: where it went, then when, its flow, its kind; what it is takes what is left. */
function columnsFor(room: number, digits: number, flows: number): Columns {
  const id = Math.max(3, digits)
  const flow = flows > 1 && room >= 50 ? Math.max(3, String(flows).length + 1) : 0
  const fits = { time: room >= 76, ms: room >= 40 }
  const kind = room >= 44 ? 10 : 0
  const path = room >= 118 ? 34 : 0
  const used = 3 + id + 1 + (fits.time ? 9 : 0) + flow + kind + path + 5 + (fits.ms ? 8 : 0)
  return { id, ...fits, flow, kind, path, what: Math.max(4, room - used) }
}

/** A line of the list: an exchange, or what a flow is that begins below. */
export type ListLine =
  | { readonly place: number; readonly row: Row }
  | { readonly place: number; readonly flow: FlowReport }

/**
 * The lines that are seen, from a place on; further down where the cursor would not be seen. Whose flow the first of them is
 * stays on top of it.
 */
export function listLines({ ui }: Pick<Scene, 'ui'>, rows: number, top: number): ListLine[] {
  const { listing, model, selected } = ui
  const cursor = selected === undefined ? -1 : listing.placeOf(selected)
  for (let start = top; ; start += 1) {
    const lines: ListLine[] = []
    for (let place = start; lines.length < rows; place += 1) {
      const row = listing.at(place)
      if (row === undefined) break
      const isHeaded = place === start || model.begins(row)
      const flow = isHeaded ? model.flows.get(row.flow) : undefined
      if (flow !== undefined) lines.push({ place, flow })
      if (lines.length < rows) lines.push({ place, row })
    }
    const isSeen = lines.some((one) => 'row' in one && one.place === cursor)
    if (isSeen || cursor < start || start >= cursor) return lines
  }
}

export function drawList(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const { listing } = ui
  const room = frame.columns - 1
  const rows = frame.rows - 1
  const lines = listLines(scene, rows, top)
  const last = listing.at(listing.length - 1)?.id.length ?? 0
  const digits = Math.max(last, ...lines.map((one) => ('row' in one ? one.row.id.length : 0)))
  const columns = columnsFor(room, digits, ui.model.flows.size)
  putLine(frame, 0, headLine(columns), theme)
  lines.forEach((one, y) => {
    if ('flow' in one) return putLine(frame, y + 1, flowLine(one.flow, scene, room), theme)
    const spans = clippedAt(rowLine(one.row, columns, scene), room)
    if (one.row.index !== ui.selected?.index) return putLine(frame, y + 1, spans, theme)
    const text = spans.map((span) => span.text).join('')
    frame.put(0, y + 1, pad(text, room), theme.selected)
  })
  scrollBar(frame, room, 1, rows, { top, total: listing.length }, theme)
}

function headLine(columns: Columns): Line {
  const parts = [
    pad('#', columns.id, 'right'),
    ' ',
    columns.time ? 'time     ' : '',
    columns.flow > 0 ? pad('fl', columns.flow) : '',
    columns.kind > 0 ? pad('kind', columns.kind) : '',
    pad('what', columns.what + 1),
    columns.path > 0 ? pad('where', columns.path) : '',
    'sta ',
    columns.ms ? pad('ms', 7, 'right') : '',
  ]
  return line(`   ${parts.join('')}`, 'dim')
}

const outcomes: Readonly<Record<FlowReport['outcome'], Span>> = {
  authorized: { text: `${marks.pass.glyph} authorized`, style: 'pass' },
  failed: { text: `${marks.fail.glyph} failed`, style: 'fail' },
  abandoned: { text: `${marks.blind.glyph} left`, style: 'warn' },
  'in-progress': { text: `${marks.partly.glyph} under way`, style: 'partly' },
  looked: { text: `${marks.notSeen.glyph} looked, no login`, style: 'dim' },
  superseded: { text: `${marks.notSeen.glyph} failed, works since`, style: 'dim' },
}

/** How a flow stands, as every list says it. What broke goes on only in name. */
export function outcomeSpan({ id, outcome, by }: FlowReport, model: Model): Span {
  const broken = outcome === 'in-progress' ? brokenBy(model, id) : undefined
  if (broken !== undefined && broken.past !== true)
    return { text: `${marks.fail.glyph} broken`, style: 'fail' }
  const span = outcomes[outcome]
  return by === undefined ? span : { ...span, text: `${span.text} (flow ${flowNumber(by)})` }
}

/** What begins here: whose attempt it is, and how it ended. */
function flowLine(flow: FlowReport, { ui }: Scene, room: number): Line {
  const client = ui.model.clients.get(flow.id)
  const spans: Span[] = [
    { text: '── ', style: 'border' },
    { text: `flow ${flowNumber(flow.id)}`, style: 'strong' },
    { text: ` · ${client === undefined ? '' : `${client} · `}`, style: 'dim' },
    outcomeSpan(flow, ui.model),
    { text: ' ', style: 'border' },
  ]
  const used = spans.reduce((sum, { text }) => sum + width(text), 0)
  return clippedAt(
    [...spans, { text: '─'.repeat(Math.max(0, room - used)), style: 'border' }],
    room,
  )
}

/** A sign before the row that says what part it plays. */
const roleMarks: Readonly<Record<Part['role'], Span>> = {
  culprit: { text: marks.fail.glyph, style: 'fail' },
  consequence: { text: '↳', style: 'dim' },
  warning: { text: marks.warn.glyph, style: 'warn' },
  witness: { text: '·', style: 'dim' },
  mended: { text: '·', style: 'dim' },
}

function rowLine(row: Row, columns: Columns, scene: Scene): Line {
  const { ui, now } = scene
  const part = ui.parts.of(row.id)
  const note = noteOf(part, row, scene)
  const { what, room } = shared(row, note, columns)
  const isMarked = ui.state.marked.has(row.id)
  return [
    isMarked || row.repeats ? { text: isMarked ? '●' : '↻', style: 'match' } : { text: ' ' },
    part === undefined ? { text: ' ' } : roleMarks[part.role],
    { text: ` ${pad(row.id, columns.id, 'right')} `, style: 'dim' },
    ...(columns.time ? [{ text: `${clock(row.startedAt)} `, style: 'dim' as const }] : []),
    ...(columns.flow > 0
      ? [{ text: pad(flowNumber(row.flow), columns.flow), style: 'dim' as const }]
      : []),
    ...(columns.kind > 0
      ? [{ text: pad(stepKinds[row.kind].word, columns.kind), style: 'info' as const }]
      : []),
    { text: what },
    room > 0
      ? { ...note, text: `  ${pad(note.text, room)}` }
      : { text: ' '.repeat(Math.max(0, columns.what - width(what))) },
    { text: ' ' },
    ...(columns.path > 0
      ? [
          { text: pad(placeShown(row), columns.path - 1, 'left', 'middle'), style: 'dim' as const },
          { text: ' ' },
        ]
      : []),
    { text: pad(isSilent(row) ? '◐' : statusText(row), 4), style: statusStyle(row) },
    ...(columns.ms
      ? [
          isSilent(row)
            ? { text: pad(running(lastsFor(row, now)), 7, 'right'), style: 'warn' as const }
            : { text: pad(duration(row.took), 7, 'right'), style: durationStyle(row.took) },
        ]
      : []),
  ]
}

/** A step with its fault may be shortened to so much. */
const least = 12

/** What is wrong with a step, or waits for the person, is what one came to see; a mere remark is whole or not there. */
function shared(
  row: Row,
  { text, style }: Span,
  columns: Columns,
): { readonly what: string; readonly room: number } {
  const wanted = Math.min(width(text), columns.what - least - 2)
  const isSought = style === 'fail' || style === 'warn' || style === 'match'
  const whole = columns.what - width(row.what) - 2
  if (text === '' || wanted < 8 || (!isSought && whole < width(text)))
    return { what: fit(row.what, columns.what), room: 0 }
  const what = fit(row.what, Math.max(least, columns.what - 2 - wanted))
  return { what, room: columns.what - width(what) - 2 }
}

/** What a row has to do with what was found, in a word. */
function noteOf(part: Part | undefined, row: Row, { ui, now }: Scene): Span {
  if (row.held !== undefined) return { text: heldNote(row.held, now), style: 'match' }
  if (isSilent(row)) return { text: 'no answer yet', style: 'warn' }
  if (part === undefined) return { text: '' }
  const { subject, found, expected } = factOf(part.finding)
  switch (part.role) {
    case 'culprit':
    case 'warning': {
      const fact =
        expected === undefined
          ? subject
          : found === undefined
            ? `no ${subject}`
            : `${subject} ${found}`
      return { text: fact, style: part.role === 'culprit' ? 'fail' : 'warn' }
    }
    case 'consequence': {
      const cause = ui.model.findings.get(part.finding.causedBy ?? '')
      const at = cause === undefined ? undefined : culpritOf(ui.model, cause)
      return { text: at === undefined ? '' : `follows from #${at}`, style: 'dim' }
    }
    case 'witness':
      return { text: '(evidence)', style: 'dim' }
    case 'mended':
      return { text: '(mended)', style: 'dim' }
  }
}

/** What waits for the person, and for how long yet. */
function heldNote({ side, since, until }: Held, now: number): string {
  const what = side === 'request' ? 'HELD' : 'ANSWER HELD'
  const left = until === undefined ? '' : `, goes on in ${running(until - now)}`
  return `${what} ${running(now - since)}${left}`
}

/** Host and path; a query is mostly noise in a list, that there is one is not. */
function placeShown(row: Row): string {
  const [path = '', query] = pathOf(row.url).split('?', 2)
  return `${row.method} ${hostOf(row.url)}${path}${query === undefined ? '' : '?…'}`
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
