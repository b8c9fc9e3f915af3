import { factOf, factText } from '../../core/verdict/fact.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { culpritOf } from '../model/attempt.ts'
import type { ListedFlow } from '../model/flows.ts'
import { loudParty } from '../model/parties.ts'
import { clock, hostOf, pathOf } from '../model/rows.ts'
import type { Frame } from '../term/frame.ts'
import { type Mark, marks } from '../term/theme.ts'
import { fit, pad, width } from '../term/width.ts'
import { type Line, type Span, clippedAt, line, putLine, scrollBar } from './line.ts'
import { flowNumber, outcomeSpan } from './list.ts'
import type { Scene } from './scene.ts'

/** Columns of the list of flows; 0 where there is no room for one. */
interface Columns {
  readonly id: number
  readonly time: number
  readonly client: number
  readonly outcome: number
  readonly calls: number
  readonly server: number
  /** What broke takes what is left. */
  readonly broke: number
}

/** What goes first when it gets narrow: which server, how many calls, when, who. */
function columnsFor(room: number, digits: number): Columns {
  const columns = {
    id: Math.max(4, digits + 1),
    time: room >= 70 ? 9 : 0,
    client: room >= 110 ? 22 : room >= 60 ? 14 : 0,
    outcome: room >= 110 ? 34 : 20,
    calls: room >= 110 ? 7 : 0,
    server: room >= 150 ? 34 : 0,
  }
  const used = Object.values(columns).reduce((sum, one) => sum + one, 2)
  return { ...columns, broke: Math.max(0, room - used) }
}

/** Every flow of the session on a line: whose it is, how it ended, and what broke it first. */
export function drawFlows(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const listed = ui.flowsListed
  const room = frame.columns - 1
  const columns = columnsFor(room, flowNumber(listed.at(-1)?.flow.id ?? '').length)
  putLine(frame, 0, clippedAt(headLine(columns), room), theme)
  if (listed.length === 0) {
    const text = ui.state.onlyBroken ? 'No flow broke.' : 'No flow yet.'
    frame.put(1, 1, fit(text, frame.columns - 2), theme.dim)
    return
  }
  const rows = frame.rows - 1
  listed.slice(top, top + rows).forEach((one, y) => {
    const spans = clippedAt(flowSpans(one, columns, scene), room)
    if (one.flow.id !== ui.flow) return putLine(frame, y + 1, spans, theme)
    const text = spans.map((span) => span.text).join('')
    frame.put(0, y + 1, pad(text, room), theme.selected)
  })
  scrollBar(frame, room, 1, rows, { top, total: listed.length }, theme)
}

function headLine(columns: Columns): Line {
  const parts = [
    pad('fl', columns.id, 'right'),
    ' ',
    pad('began', columns.time),
    pad('client', columns.client),
    pad('outcome', columns.outcome),
    pad('calls', columns.calls),
    pad('server', columns.server),
    'what broke first',
  ]
  return line(` ${parts.join('')}`, 'dim')
}

function flowSpans(listed: ListedFlow, columns: Columns, scene: Scene): Line {
  const { model, state } = scene.ui
  const { flow, broken, isCurrent } = listed
  const began = model.row(flow.steps[0]?.exchange)?.startedAt
  const mark = markOf(listed)
  const outcome = outcomeSpan(flow, model)
  const spans: readonly Span[] = [
    state.marked.has(flow.id)
      ? { text: '●', style: 'match' }
      : mark === undefined
        ? { text: ' ' }
        : { text: mark.glyph, style: mark.style },
    { text: `${pad(flowNumber(flow.id), columns.id, 'right')} `, style: 'strong' },
    { text: pad(began === undefined ? '' : clock(began), columns.time), style: 'dim' },
    { text: cell(model.clients.get(flow.id) ?? '', columns.client) },
    { ...outcome, text: cell(outcome.text, columns.outcome) },
    { text: cell(String(flow.calls), columns.calls), style: 'dim' },
    { text: cell(serverOf(flow), columns.server), style: 'dim' },
    {
      text: brokeText(listed, columns.broke, scene),
      style: broken === undefined || broken.past === true ? 'dim' : 'fail',
    },
  ]
  // What was before a new attempt is there to be looked up, and alarms nobody.
  return isCurrent ? spans : spans.map(({ text }) => ({ text, style: 'dim' }))
}

/** A text in a column, and the blank that parts it from the next. */
function cell(text: string, columns: number): string {
  return columns === 0 ? '' : `${pad(text, columns - 1)} `
}

function markOf({ broken }: ListedFlow): Mark | undefined {
  return broken === undefined || broken.past === true ? undefined : marks.fail
}

function serverOf({ resource }: ListedFlow['flow']): string {
  return resource === null ? '' : hostOf(resource) + pathOf(resource)
}

/** The step that broke, and what is wrong in it; where nothing broke and nobody got through, how far it came. */
function brokeText({ flow, broken }: ListedFlow, room: number, { ui: { model } }: Scene): string {
  if (broken === undefined) {
    const last = flow.steps.at(-1)
    const isOver = last === undefined || ['authorized', 'looked'].includes(flow.outcome)
    return isOver ? '' : fit(`last: #${last.exchange} ${stepKinds[last.kind].word}`, room)
  }
  const exchange = culpritOf(model, broken)
  const kind = model.row(exchange)?.kind
  const step = `#${exchange} ${kind === undefined ? '' : stepKinds[kind].word}`.trim()
  const fact = factOf(broken)
  const { subject, found, expected } = fact
  const wrong =
    expected === undefined ? subject : found === undefined ? `no ${subject}` : `${subject} ${found}`
  const forms = [
    `${step} · ${loudParty(broken)} · ${factText(fact)}`,
    `${step} · ${loudParty(broken)} · ${wrong}`,
  ]
  return forms.find((one) => width(one) <= room) ?? fit(`${step} · ${wrong}`, room)
}
