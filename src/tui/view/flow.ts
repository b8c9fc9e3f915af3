import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { type FlowStep, type Lane, flowSteps } from '../model/flow.ts'
import { pathOf, statusText } from '../model/rows.ts'
import type { Frame } from '../term/frame.ts'
import { type StyleName, marks } from '../term/theme.ts'
import { fit, pad, width, wrap } from '../term/width.ts'
import { putLine } from './line.ts'
import { markOf } from './findings.ts'
import { shortParty } from '../model/parties.ts'
import { flowNumber } from './list.ts'
import type { Scene } from './scene.ts'

const lanes: readonly Lane[] = ['browser', 'client', 'proxy', 'server', 'issuer']
const laneNames: Readonly<Record<Lane, readonly [long: string, short: string]>> = {
  browser: ['Browser', 'Brows'],
  client: ['Client', 'Clien'],
  proxy: ['Proxy', 'Proxy'],
  server: ['MCP server', 'MCP'],
  issuer: ['Authorization server', 'AuthS'],
}

interface Placed {
  readonly step: FlowStep
  /** Rows it takes: label, arrow, and why it broke. */
  readonly reason: readonly string[]
}

/** Columns that the lanes begin at. */
const gutter = 9
/** Below this there is no room for lanes, and a step is a line. */
const lanesFrom = 60

export function flowPlaces(scene: Scene, columns: number): Placed[] {
  const flow = scene.ui.model.flows.get(scene.ui.flow ?? '')
  if (flow === undefined) return []
  return flowSteps(scene.ui.model, flow).map((step) => ({
    step,
    reason: step.broken === undefined ? [] : reasonOf(step, columns - gutter - 2),
  }))
}

function reasonOf({ broken }: FlowStep, columns: number): string[] {
  const { message, fault, remedy } = broken!
  const who =
    fault === 'undetermined' ? 'who has to act is not certain' : `${partyName[fault]} has to act`
  return [
    ...cut(wrap(`${marks.fail.glyph} broke first, ${who}: ${sentence(message)}`, columns), 4),
    ...cut(wrap(`  fix: ${remedy}`, columns), 3),
  ]
}

/** So many lines at most; that there are more is said. */
function cut(lines: readonly string[], most: number): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]!}…`]
}

/** Rows that a step takes. */
export function stepRows({ reason }: Placed, columns: number): number {
  return (columns < lanesFrom ? 1 : 2) + reason.length
}

/** One flow as a sequence between its parties, from the step `top` on. */
export function drawFlow(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const places = flowPlaces(scene, frame.columns)
  if (places.length === 0) {
    frame.put(
      1,
      0,
      fit('No flow yet: a flow begins with the first call to the MCP server.', frame.columns - 2),
      theme.dim,
    )
    return
  }
  const wide = frame.columns >= lanesFrom
  const notes = frame.columns >= 112 ? 34 : 0
  const at = laneColumns(frame.columns - notes)
  let y = wide ? drawHeads(frame, at, scene) : 0
  for (const place of places.slice(top)) {
    if (y >= frame.rows) break
    const chosen = place.step.exchange === ui.selected?.id
    if (wide) drawStep(frame, y, place, at, { scene, chosen, notes })
    else drawShortStep(frame, y, place, scene, chosen)
    y += stepRows(place, frame.columns)
  }
  const flow = ui.model.flows.get(ui.flow!)!
  const unlisted =
    flow.calls - flow.steps.filter(({ kind }) => kind === 'mcp' || kind === 'challenge').length
  if (unlisted > 0 && y < frame.rows) {
    if (wide) drawLifelines(frame, y, at, scene)
    frame.put(
      gutter,
      y++,
      fit(` … and ${counted(unlisted, 'further MCP call')} `, frame.columns - gutter),
      theme.dim,
    )
  }
  for (; wide && y < frame.rows; y++) drawLifelines(frame, y, at, scene)
}

/** What the flow is about, for the border. */
export function flowTitle(scene: Scene): string {
  const { model, flow: id } = scene.ui
  const flow = model.flows.get(id ?? '')
  if (flow === undefined) return 'Flow'
  const ids = [...model.flows.keys()]
  const of = ids.length > 1 ? ` of ${ids.length}` : ''
  const about = [flow.resource, flow.clientId && `client ${flow.clientId}`]
    .filter(Boolean)
    .join(' · ')
  return `Flow ${flowNumber(flow.id)}${of} · ${flow.outcome}${about === '' ? '' : ` · ${about}`}`
}

function laneColumns(columns: number): Readonly<Record<Lane, number>> {
  const room = columns - gutter - 8
  const step = room / (lanes.length - 1)
  return Object.fromEntries(
    lanes.map((lane, place) => [lane, gutter + 4 + Math.floor(place * step)]),
  ) as Record<Lane, number>
}

function drawHeads(frame: Frame, at: Readonly<Record<Lane, number>>, { theme }: Scene): number {
  const room = at.client - at.browser - 1
  for (const lane of lanes) {
    const [long, short] = laneNames[lane]
    const name =
      width(long) <= room
        ? long
        : lane === 'issuer' && room >= 11
          ? 'Auth server'
          : width(long) <= room + 1
            ? long
            : short
    const start = Math.max(0, at[lane] - Math.floor(width(name) / 2))
    frame.put(Math.min(start, frame.columns - width(name)), 0, name, theme.heading)
  }
  return 1
}

function drawLifelines(
  frame: Frame,
  y: number,
  at: Readonly<Record<Lane, number>>,
  { theme }: Scene,
): void {
  for (const lane of lanes) frame.put(at[lane], y, '│', theme.border)
}

interface How {
  readonly scene: Scene
  readonly chosen: boolean
  readonly notes: number
}

function drawStep(
  frame: Frame,
  y: number,
  { step, reason }: Placed,
  at: Readonly<Record<Lane, number>>,
  { scene, chosen, notes }: How,
): void {
  const { theme } = scene
  for (let row = y; row < y + 2; row++) drawLifelines(frame, row, at, scene)
  const look = styleOf(step)
  const [left, right] = [at[step.from], at[step.to]].sort((a, b) => a - b) as [number, number]
  const mark =
    step.broken !== undefined || step.findings.length > 0
      ? markOf(step.findings[0]?.severity ?? 'error')
      : undefined
  if (mark !== undefined) frame.put(0, y, mark.glyph, theme[mark.style])
  const number = pad(`#${step.exchange}`, gutter - 3, 'right')
  frame.put(2, y, number, chosen ? theme.selected : theme.key)
  const label = ` ${labelOf(step, right - left - 3)} `
  frame.put(left + 1, y, label, chosen ? theme.selected : theme[look])
  drawArrow(frame, y + 1, step, at, scene)
  if (notes > 0 && step.findings[0] !== undefined) {
    const found = step.findings[0]
    const start = frame.columns - notes + 2
    const shown = markOf(found.severity)
    putLine(
      frame,
      y,
      [{ text: fit(`${shown.glyph} ${found.title}`, notes - 2), style: shown.style }],
      theme,
      start,
    )
    putLine(
      frame,
      y + 1,
      [{ text: fit(`  ${shortParty[found.fault]}`, notes - 2), style: 'dim' }],
      theme,
      start,
    )
  }
  reason.forEach((text, place) =>
    frame.put(gutter, y + 2 + place, pad(text, frame.columns - gutter), theme.fail),
  )
}

function drawArrow(
  frame: Frame,
  y: number,
  step: FlowStep,
  at: Readonly<Record<Lane, number>>,
  { theme }: Scene,
): void {
  const [from, to] = [at[step.from], at[step.to]]
  const style = theme[step.broken === undefined ? styleOf(step) : 'fail']
  const [left, right] = from < to ? [from, to] : [to, from]
  frame.put(left + 1, y, '─'.repeat(Math.max(0, right - left - 1)), style)
  // Whatever crosses the proxy's line went through it.
  for (const lane of lanes)
    if (at[lane] > left && at[lane] < right)
      frame.put(at[lane], y, lane === 'proxy' ? '┼' : '─', style)
  frame.put(from < to ? right - 1 : left + 1, y, from < to ? '▶' : '◀', style)
}

function drawShortStep(
  frame: Frame,
  y: number,
  { step, reason }: Placed,
  scene: Scene,
  chosen: boolean,
): void {
  const { theme } = scene
  const mark =
    step.broken !== undefined
      ? marks.fail
      : step.findings[0] === undefined
        ? undefined
        : markOf(step.findings[0].severity)
  const way = `${laneNames[step.from][1]}→${laneNames[step.to][1]}`
  const head = `${mark?.glyph ?? ' '} ${pad(`#${step.exchange}`, 4)} ${pad(way, 11)} `
  const text = head + labelOf(step, frame.columns - width(head))
  frame.put(0, y, pad(text, frame.columns), chosen ? theme.selected : theme[styleOf(step)])
  reason.forEach((one, place) => frame.put(2, y + 1 + place, one, theme.fail))
}

function styleOf({ broken, ok, findings }: FlowStep): StyleName {
  if (broken !== undefined) return 'fail'
  if (!ok) return 'warn'
  return findings.some(({ severity }) => severity === 'error') ? 'fail' : 'text'
}

function labelOf({ row, summary }: FlowStep, room: number): string {
  if (row === undefined) return fit(summary, room)
  const tail = ` → ${statusText(row)}`
  const path = pathOf(row.url).split('?', 1)[0]!
  return `${fit(`${row.method} ${path}`, room - width(tail), 'middle')}${tail}`
}
