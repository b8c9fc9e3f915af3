import type { FindingGroup } from '../model/findings.ts'
import { shortParty } from '../model/parties.ts'
import type { Ui } from '../model/state.ts'
import type { Frame } from '../term/frame.ts'
import { fit, pad, width, wrap } from '../term/width.ts'
import { factLines, markOfGroup } from './findings.ts'
import { clipped, labelled, putLine } from './line.ts'
import type { Scene } from './scene.ts'

/** Rows that a finding takes in the strip: one where it is low, two or three where it is narrow. */
export function stripStep(columns: number, rows: number, findings: number): 1 | 2 | 3 {
  if (columns >= 60 || rows <= 6) return 1
  // With room for the remedy below them, titles need not be cut.
  return findings * 3 + 4 <= rows ? 3 : 2
}

/** The strip beside or below the list: what was found, whose it is, and how to mend what is selected. */
export function drawFindingStrip(frame: Frame, scene: Scene, top: number, focused: boolean): void {
  const { ui, theme } = scene
  const { groups } = ui
  if (groups.length === 0) {
    const isRead = ui.capture !== undefined && ui.state.progress === undefined
    const text = isRead ? 'None.' : 'No findings so far.'
    frame.put(1, 0, fit(text, frame.columns - 2), theme.dim)
    return
  }
  const tall = stripStep(frame.columns, frame.rows, groups.length)
  groups.slice(top, top + Math.ceil(frame.rows / tall)).forEach((group, place) => {
    const chosen = focused && group === ui.group
    if (tall === 1) drawLow(frame, place, group, scene, chosen)
    else drawNarrow(frame, place * tall, group, scene, { chosen, titleRows: tall - 1 })
  })
  drawRemedy(frame, scene, (groups.length - top) * tall)
}

function headOf({ depth }: FindingGroup): string {
  return depth > 0 ? ` ${'  '.repeat(depth - 1)}└ ` : ' '
}

/** Title, party and how often, on one row. */
function drawLow(
  frame: Frame,
  y: number,
  group: FindingGroup,
  { theme }: Scene,
  chosen: boolean,
): void {
  const { finding, times } = group
  const mark = markOfGroup(group)
  const head = headOf(group)
  const tail = ` ${pad(shortParty[finding.fault], 13)} ×${times}`
  const title = pad(finding.title, frame.columns - width(head) - 2 - width(tail))
  const text = `${head}${mark.glyph} ${title}${tail}`
  frame.put(0, y, pad(text, frame.columns), chosen ? theme.selected : theme.text)
  if (!chosen) frame.put(width(head), y, mark.glyph, theme[mark.style])
}

/** The title, and what there is to say of it below. */
function drawNarrow(
  frame: Frame,
  y: number,
  group: FindingGroup,
  { theme }: Scene,
  { chosen, titleRows }: { chosen: boolean; titleRows: number },
): void {
  const { finding, times } = group
  const mark = markOfGroup(group)
  const head = `${headOf(group)}${mark.glyph} `
  const blank = ' '.repeat(width(head))
  const room = frame.columns - width(head)
  const titles = wrap(finding.title, room)
  titles.slice(0, titleRows).forEach((one, row) => {
    const rest = row === titleRows - 1 ? titles.slice(row).join(' ') : one
    const text = pad((row === 0 ? head : blank) + fit(rest, room), frame.columns)
    frame.put(0, y + row, text, chosen ? theme.selected : theme.text)
  })
  if (!chosen) frame.put(width(head) - 2, y, mark.glyph, theme[mark.style])
  const facts = [shortParty[finding.fault], `×${times}`, finding.spec[0]?.ref]
  const text = blank + facts.filter((fact) => fact !== undefined).join(' · ')
  frame.put(0, y + Math.min(titles.length, titleRows), fit(text, frame.columns), theme.dim)
}

/** What the selected exchange has to do with; else the finding that is chosen. */
function groupShown({ groups, group, selected, parts, model, pane }: Ui): FindingGroup | undefined {
  const about = pane === 'findings' ? undefined : parts.of(selected?.id ?? '')?.finding
  const cause = model.findings.get(about?.causedBy ?? '') ?? about
  return groups.find(({ all }) => all.some(({ id }) => id === cause?.id)) ?? group
}

/** The two values that disagree and how to mend what is selected, in what is left of the strip below the findings. */
function drawRemedy(frame: Frame, { ui, theme }: Scene, from: number): void {
  const rows = frame.rows - from
  const group = groupShown(ui)
  if (group === undefined || rows < 1) return
  const gap = rows > 5 ? 1 : 0
  const { finding } = group
  const values = rows - gap < 3 ? [] : factLines(finding, frame.columns - 2).slice(0, -1)
  const fix = labelled(' Fix', finding.remedy, frame.columns - 2, values.length > 0 ? 11 : 6)
  const all = [...values, ...clipped(fix, Math.max(1, rows - gap - values.length))]
  all.slice(0, rows - gap).forEach((one, place) => putLine(frame, from + gap + place, one, theme))
}
