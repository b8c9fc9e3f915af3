import type { FlowReport } from '../../core/verdict/report.ts'
import { factOf, factText } from '../../core/verdict/fact.ts'
import { counted } from '../../core/verdict/words.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { StepKind } from '../../core/step/step.ts'
import { culpritOf } from '../model/attempt.ts'
import { type FlowStep, type Lane, flowSteps } from '../model/flow.ts'
import { loudParty } from '../model/parties.ts'
import { statusText } from '../model/rows.ts'
import type { Frame } from '../term/frame.ts'
import { type Mark, type StyleName, marks } from '../term/theme.ts'
import { fit, pad, width, wrap } from '../term/width.ts'
import { flowNumber, outcomeSpan } from './list.ts'
import type { Scene } from './scene.ts'

const lanes: readonly Lane[] = ['browser', 'client', 'server', 'issuer']
const laneNames: Readonly<Record<Lane, readonly [long: string, short: string]>> = {
  browser: ['Browser', 'Brows'],
  client: ['Client', 'Clien'],
  server: ['MCP server', 'MCP'],
  issuer: ['Auth server', 'AuthS'],
}

interface Placed {
  readonly step: FlowStep
  /** When it began, after the first step, in milliseconds. */
  readonly after: number | undefined
  /** What lies before it and was not captured, or took long. */
  readonly gaps: readonly string[]
  /** Why it broke, below it. */
  readonly reason: readonly string[]
}

/** Columns that the lanes begin at. */
const gutter = 16
/** Below this there is no room for lanes. */
const lanesFrom = 60
/** A pause is told when it is longer, in milliseconds. */
const longPause = 60_000

export function flowPlaces(scene: Scene, columns: number): Placed[] {
  const { model } = scene.ui
  const flow = model.flows.get(scene.ui.flow ?? '')
  if (flow === undefined) return []
  const steps = flowSteps(model, flow)
  const first = steps.find(({ row }) => row !== undefined)?.row?.startedAt
  return steps.map((step, place) => ({
    step,
    after: step.row === undefined || first === undefined ? undefined : step.row.startedAt - first,
    gaps: gapsBefore(steps, place, flow),
    reason: reasonOf(step, scene, columns - gutter - 1),
  }))
}

function gapsBefore(steps: readonly FlowStep[], place: number, flow: FlowReport): string[] {
  const { row, kind } = steps[place]!
  const before = steps.slice(0, place)
  const earlier = before.at(-1)?.row
  const has = (wanted: StepKind) => before.some((one) => one.kind === wanted)
  const isRedeemed = kind === 'token' && row?.what.startsWith('code ') === true
  // Where the authorization server is asked directly, its answer is the way back.
  const sentOn = before.some((one) => one.kind === 'authorize' && one.row?.handedOver === true)
  const pause = (row?.startedAt ?? 0) - (earlier?.startedAt ?? Infinity)
  const folded = foldedBefore(steps, place, flow)
  return [
    ...(folded > 0 ? [counted(folded, 'further MCP call')] : []),
    ...(isRedeemed && !has('authorize')
      ? ['browser leg not captured']
      : isRedeemed && !has('callback') && sentOn
        ? ['the way back from the browser was not captured']
        : []),
    ...(pause > longPause ? [`${lasting(pause)} pass`] : []),
  ]
}

/** Calls too ordinary to be listed lie where most rows lie between two steps. */
function foldedBefore(steps: readonly FlowStep[], place: number, flow: FlowReport): number {
  const listed = steps.filter(({ kind }) => kind === 'mcp' || kind === 'challenge').length
  if (flow.calls <= listed || place === 0) return 0
  const gap = (at: number) => (steps[at]?.row?.index ?? 0) - (steps[at - 1]?.row?.index ?? 0)
  const widest = steps.reduce((best, _, at) => (at > 0 && gap(at) > gap(best) ? at : best), 1)
  return widest === place ? flow.calls - listed : 0
}

function reasonOf(step: FlowStep, { ui }: Scene, columns: number): string[] {
  const { broken } = step
  if (broken === undefined) {
    const part = ui.parts.of(step.exchange)
    const cause = ui.model.findings.get(
      part?.role === 'consequence' ? (part.finding.causedBy ?? '') : '',
    )
    const at = cause === undefined ? undefined : culpritOf(ui.model, cause)
    return at === undefined ? [] : [fit(`╰─ follows from #${at}`, columns)]
  }
  const fact = `${loudParty(broken)}: ${factText(factOf(broken))}`
  return [...hanging('╰─ ', fact, columns, 2), ...hanging('   fix: ', broken.remedy, columns, 3)]
}

/** A text behind its head, in so many lines at most. */
function hanging(head: string, text: string, columns: number, most: number): string[] {
  return cut(wrap(text, columns - width(head)), most).map(
    (one, place) => (place === 0 ? head : ' '.repeat(width(head))) + one,
  )
}

/** So many lines at most; that there are more is said. */
function cut(lines: readonly string[], most: number): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]!}…`]
}

/** Rows that a step takes. */
export function stepRows({ reason, gaps }: Pick<Placed, 'reason' | 'gaps'>): number {
  return 1 + gaps.length + reason.length
}

/** One flow as a sequence between its parties, from the step `top` on. */
export function drawFlow(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const places = flowPlaces(scene, frame.columns)
  if (places.length === 0) {
    const text = 'No flow yet: a flow begins with the first call to the MCP server.'
    frame.put(1, 0, fit(text, frame.columns - 2), theme.dim)
    return
  }
  const wide = frame.columns >= lanesFrom
  const at = laneColumns(frame.columns)
  let y = wide ? drawHeads(frame, at, scene) : 0
  for (const place of places.slice(top)) {
    for (const gap of place.gaps) {
      if (y >= frame.rows) return
      frame.put(gutter, y++, fit(`┄ ┄ ${gap} ┄ ┄`, frame.columns - gutter), theme.dim)
    }
    if (y >= frame.rows) return
    const chosen = place.step.exchange === ui.selected?.id
    if (wide) drawStep(frame, y, place, at, { scene, chosen })
    else drawShortStep(frame, y, place, scene, chosen)
    y += 1
    const style = place.step.broken === undefined ? theme.dim : theme.fail
    for (const text of place.reason) {
      if (y >= frame.rows) return
      frame.put(wide ? gutter : 2, y++, text, style)
    }
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
  return `Flow ${flowNumber(flow.id)}${of} · ${outcomeSpan(flow, model).text}${about === '' ? '' : ` · ${about}`}`
}

function laneColumns(columns: number): Readonly<Record<Lane, number>> {
  // What was answered stands behind the last lane.
  const room = columns - gutter - 8
  const step = room / (lanes.length - 0.6)
  return Object.fromEntries(
    lanes.map((lane, place) => [lane, gutter + 2 + Math.floor(place * step)]),
  ) as Record<Lane, number>
}

/** The client by its own name. */
function drawHeads(frame: Frame, at: Readonly<Record<Lane, number>>, scene: Scene): number {
  const { ui, theme } = scene
  const room = at.client - at.browser - 1
  const client = ui.model.clients.get(ui.flow ?? '')
  for (const lane of lanes) {
    const [long, short] = laneNames[lane]
    const full = lane === 'client' && client !== undefined ? fit(client, room) : long
    const name = width(full) <= room ? full : short
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
}

function drawStep(
  frame: Frame,
  y: number,
  { step, after }: Placed,
  at: Readonly<Record<Lane, number>>,
  { scene, chosen }: How,
): void {
  const { theme } = scene
  drawLifelines(frame, y, at, scene)
  const look = theme[step.broken === undefined ? styleOf(step) : 'fail']
  const mark = markedBy(step, scene)
  if (mark !== undefined) frame.put(0, y, mark.glyph, theme[mark.style])
  frame.put(1, y, pad(`#${step.exchange}`, 5, 'right'), chosen ? theme.selected : theme.key)
  frame.put(7, y, pad(sinceFirst(after), 7, 'right'), theme.dim)
  const [left, right] = [at[step.from], at[step.to]].toSorted((a, b) => a - b) as [number, number]
  const isForth = at[step.from] < at[step.to]
  frame.put(left, y, isForth ? '├' : '│', look)
  frame.put(left + 1, y, '─'.repeat(Math.max(0, right - left - 1)), look)
  frame.put(isForth ? right - 1 : left + 1, y, isForth ? '▶' : '◀', look)
  frame.put(right, y, isForth ? '│' : '┤', isForth ? theme.border : look)
  const text = labelOf(step)
  const room = right - left - 6
  // What does not fit on the arrow stands behind it, where it crosses nothing.
  const isBehind = width(text) > room && step.to === 'server'
  const label = ` ${fit(isBehind ? stepKinds[step.kind].word : text, room)} `
  frame.put(left + 2, y, label, chosen ? theme.selected : look)
  const answer = step.row === undefined ? '' : statusText(step.row)
  const x = frame.put(right + 1, y, ` ${answer} `, look)
  if (isBehind) frame.put(x, y, `${fit(text, frame.columns - x - 1)} `, look)
}

function drawShortStep(
  frame: Frame,
  y: number,
  { step, after }: Placed,
  scene: Scene,
  chosen: boolean,
): void {
  const { theme } = scene
  const mark = markedBy(step, scene)
  const way = `${laneNames[step.from][1]}→${laneNames[step.to][1]}`
  const head = `${mark?.glyph ?? ' '} ${pad(`#${step.exchange}`, 4)} ${pad(sinceFirst(after), 6, 'right')} ${pad(way, 11)} `
  const answer = step.row === undefined ? '' : ` ${statusText(step.row)}`
  const text = head + fit(labelOf(step), frame.columns - width(head) - width(answer)) + answer
  frame.put(0, y, pad(text, frame.columns), chosen ? theme.selected : theme[styleOf(step)])
}

function markedBy(step: FlowStep, { ui }: Scene): Mark | undefined {
  if (step.broken !== undefined) return marks.fail
  const role = ui.parts.of(step.exchange)?.role
  return role === 'culprit' ? marks.fail : role === 'warning' ? marks.warn : undefined
}

/** Time after the first step: seconds, then minutes, then hours. */
export function sinceFirst(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return ''
  const seconds = milliseconds / 1000
  if (seconds < 100) return `+${seconds.toFixed(2)}`
  return `+${lasting(milliseconds)}`
}

function lasting(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 120) return `${minutes} min`
  return `${Math.round(minutes / 60)} h`
}

function styleOf({ broken, ok, findings }: FlowStep): StyleName {
  if (broken !== undefined) return 'fail'
  if (!ok) return 'warn'
  return findings.some(({ severity }) => severity === 'error') ? 'fail' : 'text'
}

function labelOf({ row, summary }: FlowStep): string {
  return row === undefined ? summary : row.what
}
