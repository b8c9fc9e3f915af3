import type { PaneName } from '../keys/pane.ts'
import type { ViewName } from '../model/state.ts'
import type { Rect, Size } from '../term/frame.ts'
import { type PaneSpec, arrange } from '../term/panes.ts'

/** Below this nothing sensible can be shown. */
export const smallest: Size = { columns: 40, rows: 8 }

export type Panes = Readonly<Partial<Record<PaneName, Rect>>>

type Spec = Readonly<Partial<Record<PaneName, PaneSpec>>>

/** Rows above and below what the view shows: tabs and verdict, hints. */
const above = 2
const below = 1

/** How much there is to show. */
export interface Many {
  readonly findings: number
  readonly exchanges: number
  readonly flows: number
}

const known = new Map<string, Panes>()

/** Where the panes of a view lie, by how much room there is. */
export function layout(
  view: ViewName,
  size: Size,
  zoomed: PaneName | undefined,
  { findings, exchanges, flows }: Many,
): Panes {
  // Before anything has come there is nothing to preview and nothing was found.
  // Below what was found stand the two values that disagree, and how to mend it.
  const most = size.rows < 24 ? 6 : 9
  const wanted = findings === 0 ? 3 : findings + (size.rows < 24 ? 2 : 6)
  const strip = exchanges === 0 ? 0 : Math.min(most, wanted)
  const key = [view, size.columns, size.rows, zoomed, strip, findings, flows].join(' ')
  const before = known.get(key)
  if (before !== undefined) return before
  const panes = arrange(
    size,
    specOf(view, size, zoomed, { strip, findings, flows }) as Record<string, PaneSpec>,
  )
  if (known.size > 64) known.clear()
  known.set(key, panes)
  return panes
}

/** From so many rows on a flow that is open leaves the list of flows above it. */
export const roomyRows = 34

const whole: PaneSpec = { top: above, left: 0, right: 0, bottom: below }

function specOf(
  view: ViewName,
  { columns, rows }: Size,
  zoomed: PaneName | undefined,
  { strip, findings, flows }: Omit<Many, 'exchanges'> & { readonly strip: number },
): Spec {
  if (zoomed !== undefined) return { [zoomed]: whole }
  switch (view) {
    case 'live':
      // The lines to copy are whole.
      return strip === 0 ? { list: whole } : live(columns, rows, strip)
    case 'flow':
      return flowView(columns, rows, flows)
    case 'findings':
      return findingsView(columns, rows, findings + 2)
    case 'checklist':
      return { items: whole }
  }
}

function live(columns: number, rows: number, strip: number): Spec {
  if (columns < 110) {
    if (rows < 20) return { list: whole }
    return {
      list: { ...whole, bottom: below + strip },
      findings: { left: 0, right: 0, bottom: below, height: strip },
    }
  }
  const checklist = 8
  // Findings above the checklist need three rows of their own.
  if (rows < 3 + checklist + 3)
    return {
      list: { top: above, left: 0, width: '60%', bottom: below },
      findings: { top: above, left: '60%', right: 0, bottom: below },
    }
  // All three on the right need twice as many.
  if (columns < 170 || rows < 2 * (checklist + 4)) {
    const preview = rows < 34 ? 0 : Math.floor((rows - 3) * 0.36)
    return {
      list: { top: above, left: 0, width: '60%', bottom: below + preview },
      ...(preview === 0
        ? {}
        : { preview: { left: 0, width: '60%', bottom: below, height: preview } }),
      findings: { top: above, left: '60%', right: 0, bottom: below + checklist },
      checklist: { left: '60%', right: 0, bottom: below, height: checklist },
    }
  }
  return {
    list: { top: above, left: 0, width: '50%', bottom: below },
    preview: { top: above, left: '50%', right: 0, bottom: Math.floor(rows / 2) },
    findings: {
      left: '50%',
      right: 0,
      height: Math.floor(rows / 2) - checklist - below,
      bottom: below + checklist,
    },
    checklist: { left: '50%', right: 0, bottom: below, height: checklist },
  }
}

/** The list of flows above the one that is shown, where there are several and there is room; else one of the two. */
function flowView(columns: number, rows: number, flows: number): Spec {
  const across: PaneSpec = columns < 170 ? { left: 0, right: 0 } : { left: 0, width: '60%' }
  const height = flows < 2 || rows < 24 ? 0 : Math.min(flows + 3, Math.floor((rows - 3) * 0.4))
  return {
    ...(height === 0 ? {} : { flows: { ...across, top: above, height } }),
    steps: { ...across, top: above + height, bottom: below },
    ...(columns < 170 ? {} : { preview: { ...whole, left: '60%' } }),
  }
}

/** Side by side where there is room; else the list above, as low as it can be, and the finding in the full width. */
function findingsView(columns: number, rows: number, list: number): Spec {
  const rules = '40%'
  if (columns >= 100)
    return {
      rules: { top: above, left: 0, width: rules, bottom: below },
      finding: { top: above, left: rules, right: 0, bottom: below },
    }
  // One below the other would leave nothing of either.
  if (rows < 14) return { rules: whole }
  const height = Math.max(3, Math.min(list, Math.floor((rows - 3) * 0.35)))
  return {
    rules: { top: above, left: 0, right: 0, height },
    finding: { top: above + height, left: 0, right: 0, bottom: below },
  }
}

/** Where an overlay lies. */
export function overlayPlace(size: Size, rows: number, columns = size.columns - 4): Rect {
  const width = Math.min(columns, size.columns - 2)
  const height = Math.min(rows, size.rows - 4)
  return {
    x: Math.floor((size.columns - width) / 2),
    y: Math.max(2, Math.floor((size.rows - height) / 2)),
    columns: width,
    rows: height,
  }
}

/** Rows of a pane that show something. */
export function roomOf(pane: Rect | undefined): number {
  return Math.max(0, (pane?.rows ?? 0) - 2)
}
