import { verdictLine, verdictText } from '../model/verdict-line.ts'
import { factIn } from '../model/fact-line.ts'
import { type KeyLine, keyFor } from '../keys/keys.ts'
import { isStanding } from '../model/findings.ts'
import type { ViewName } from '../model/state.ts'
import type { Frame } from '../term/frame.ts'
import { marks } from '../term/theme.ts'
import { fit, pad, width } from '../term/width.ts'
import { checklistCounts } from './checklist.ts'
import type { Scene } from './scene.ts'

export interface TabPlace {
  readonly view: ViewName
  readonly x: number
  readonly columns: number
}

/** The tabs and where they stand. */
export function tabPlaces(scene: Scene): (TabPlace & { readonly text: string })[] {
  const { pass, fail, blind, notSeen, partly } = checklistCounts(scene)
  const total = pass + fail + blind + notSeen + partly
  const standing = scene.ui.groups.filter(isStanding).length
  // The URL is what is copied: the tabs make room for it.
  const narrow = scene.size.columns < 100
  const names: readonly (readonly [ViewName, string, string])[] = [
    ['live', scene.ui.capture === undefined ? 'Live' : 'List', ''],
    ['flow', 'Flow', scene.ui.model.flows.size > 1 ? ` ${scene.ui.model.flows.size}` : ''],
    ['findings', narrow ? 'Find' : 'Findings', standing > 0 ? ` ${standing}` : ''],
    ['checklist', narrow ? 'Check' : 'Checklist', narrow ? '' : ` ${pass}/${total}`],
  ]
  let x = 0
  return names.map(([view, name, count], place) => {
    const text = ` ${place + 1} ${name}${count} `
    const tab = { view, x, columns: width(text), text }
    x += tab.columns
    return tab
  })
}

export function drawTabs(frame: Frame, scene: Scene): void {
  const { ui, theme, urls } = scene
  const { model, state, listing } = ui
  let end = 0
  for (const { view, x, text } of tabPlaces(scene))
    end = frame.put(x, 0, text, view === state.view ? theme.tabOpen : theme.tab)
  const hidden = listing.pausedAt === undefined ? 0 : model.rows.length - listing.pausedAt
  const isCapture = ui.capture !== undefined
  const live = isCapture
    ? 'CAPTURE'
    : state.over
      ? '■ ENDED'
      : listing.pausedAt === undefined
        ? '● LIVE'
        : `PAUSED +${hidden}`
  const errors = ui.groups.filter(
    (group) => group.finding.severity === 'error' && isStanding(group),
  ).length
  const failures = errors > 0 ? ` ${marks.fail.glyph} ${errors}` : ''
  const secrets = state.revealed ? 'SECRETS VISIBLE ' : ''
  const right = ` ${live} ${model.rows.length} ex`
  const start = frame.columns - width(right) - width(failures) - width(secrets) - 1
  if (start >= end) {
    let x = frame.put(start, 0, secrets, theme.secret)
    x = frame.put(
      x,
      0,
      right,
      listing.pausedAt === undefined && !state.over ? theme.dim : theme.alarm,
    )
    frame.put(x, 0, failures, theme.fail)
  } else if (state.revealed) frame.put(Math.max(0, frame.columns - 9), 0, ' SECRETS ', theme.secret)
  const first = urls[0]
  const room = start - end - 2
  // The URL is what is copied: it is whole, or it is not there.
  const places =
    ui.capture === undefined
      ? first === undefined
        ? []
        : [`${first.url} → ${first.upstream}`, first.url]
      : [fit(ui.capture, Math.max(8, room), 'middle')]
  const way = places.find((one) => width(one) <= room)
  if (way !== undefined) frame.put(start - width(way) - 1, 0, way, theme.dim)
}

/** What stands under the mouse outside the panes: a hint, or the verdict, whose key goes there. */
export function clickedAction(scene: Scene, x: number, y: number): string | undefined {
  const { ui, since, now, size } = scene
  if (y === 1) {
    const [action, does = ''] = verdictLine(ui, since, now).key ?? []
    // What leaves behind all that was seen takes more than a click on what is read.
    const hint = width(`${keyFor(action ?? '', ui.keys)} ${does}`)
    return action === 'attempt' && x < size.columns - hint - 1 ? 'broken' : action
  }
  if (y !== size.rows - 1) return undefined
  return hintPlaces(scene).find((one) => x >= one.x && x < one.x + one.columns)?.action
}

/** The one answer, always on the screen: cut from the right, and with the key that goes there. */
export function drawVerdict(frame: Frame, scene: Scene): void {
  const { ui, theme, since, now } = scene
  const verdict = verdictLine(ui, since, now)
  const mark = marks[verdict.mark]
  const start = frame.put(1, 1, `${mark.glyph} ${verdict.word}`, {
    ...theme[mark.style],
    bold: true,
  })
  const [action, does] = verdict.key ?? []
  const key = action === undefined ? '' : keyFor(action, ui.keys)
  const whole = width(verdictText(verdict))
  const room = frame.columns - start - 3
  const isRoomy = whole + width(` ${key} ${does}`) + 1 <= room || room >= 100
  const hint = key === '' ? '' : isRoomy ? `${key} ${does}` : key
  const space = room - (hint === '' ? 0 : width(hint) + 2)
  let x = start + 2
  for (const [long, short] of verdict.head) {
    const text = whole <= space || room >= 100 ? long : (short ?? long)
    x = frame.put(x, 1, fit(text, start + 2 + space - x), theme.strong)
    if (x < start + 2 + space - 3) x = frame.put(x, 1, ' · ', theme.dim)
  }
  frame.put(x, 1, factIn(verdict.fact, start + 2 + space - x), theme.strong)
  if (hint === '') return
  x = frame.put(frame.columns - width(hint) - 1, 1, key, theme.key)
  if (isRoomy) frame.put(x + 1, 1, does!, theme.hint)
}

/** Keys that do something now; in their place a message, or what is being typed. */
export function drawBottom(frame: Frame, scene: Scene): void {
  const { ui, theme } = scene
  const { state } = ui
  const y = frame.rows - 1
  if (state.prompt !== undefined && state.prompt.kind !== 'palette')
    return drawPrompt(frame, scene, y)
  if (state.message !== undefined) {
    const { text, level } = state.message
    const style = level === 'error' ? theme.fail : level === 'warning' ? theme.warn : theme.info
    frame.put(1, y, fit(text, frame.columns - 2), style)
    return
  }
  let x = 1
  for (const text of standing(scene)) x = frame.put(x, y, text, theme.match) + 1
  for (const hint of hintPlaces(scene)) {
    const end = frame.put(hint.x, y, hint.shown, theme.key)
    frame.put(end + 1, y, hint.text, theme.hint)
  }
}

/** What stands before the hints: the filter, and what is held on. */
function standing({ ui, size }: Scene): string[] {
  const { filter } = ui.state
  const filtered = `filter ${filter} (${ui.listing.length} of ${ui.model.rows.length}) `
  const held = holdingText(ui)
  return [
    ...(filter === '' ? [] : [fit(filtered, Math.floor(size.columns / 2))]),
    ...(held === '' ? [] : [`${fit(held, Math.floor(size.columns / 3))} `]),
  ]
}

type HintPlace = KeyLine & { readonly x: number; readonly columns: number }

/** The hints that there is room for, and where they stand in the last row; none while it says something else. */
export function hintPlaces(scene: Scene): HintPlace[] {
  const { state } = scene.ui
  if (state.message !== undefined || state.prompt !== undefined) return []
  let x = standing(scene).reduce((sum, text) => sum + width(text) + 1, 1)
  const places: HintPlace[] = []
  for (const hint of scene.hints) {
    const columns = width(hint.shown) + 1 + width(hint.text)
    if (x + columns >= scene.size.columns) break
    places.push({ ...hint, x, columns })
    x += columns + 2
  }
  return places
}

/** What is held on, as long as it is. */
function holdingText({ holding, model: { onHold } }: Scene['ui']): string {
  const filters = (holding?.holds.filters ?? []).map((one) => (one === '' ? 'everything' : one))
  if (filters.length === 0 && onHold.size === 0) return ''
  return `hold ${filters.join(', ')}${onHold.size === 0 ? '' : ` (${onHold.size} held)`}`
}

const promptName = { filter: 'filter', search: '/', palette: ':', path: 'save as' } as const

function drawPrompt(frame: Frame, { ui, theme }: Scene, y: number): void {
  const { prompt, filterProblem } = ui.state
  const { kind, text } = prompt!
  const note =
    kind !== 'filter'
      ? ''
      : text === ''
        ? 'words: kind:token status:4xx flow:w2 host:a path:b rule:c sev:error since:5m'
        : (filterProblem ?? `${ui.listing.length} of ${ui.model.rows.length} match`)
  const noteRoom = Math.min(width(note), Math.floor(frame.columns * (text === '' ? 0.85 : 0.5)))
  const room = frame.columns - width(promptName[kind]) - noteRoom - 6
  // The end of the text is where one types.
  const shown = width(text) <= room ? text : `…${[...text].slice(-(room - 1)).join('')}`
  let x = frame.put(1, y, promptName[kind], theme.prompt)
  x = frame.put(x + 1, y, pad(shown, Math.min(room, width(shown))), theme.strong)
  frame.cursor(x, y)
  if (note !== '')
    frame.put(
      frame.columns - noteRoom - 1,
      y,
      fit(note, noteRoom),
      filterProblem === undefined ? theme.dim : theme.fail,
    )
}
