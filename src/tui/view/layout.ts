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

const known = new Map<string, Panes>()

/** Where the panes of a view lie, by how much room there is. */
export function layout(
  view: ViewName,
  size: Size,
  zoomed: PaneName | undefined,
  { findings, exchanges }: { readonly findings: number; readonly exchanges: number },
): Panes {
  // Before anything has come there is nothing to preview and nothing was found.
  // Below what was found stand the two values that disagree, and how to mend it.
  const most = size.rows < 24 ? 6 : 9
  const wanted = findings === 0 ? 3 : findings + (size.rows < 24 ? 2 : 6)
  const strip = exchanges === 0 ? 0 : Math.min(most, wanted)
  const key = [view, size.columns, size.rows, zoomed, strip, findings].join(' ')
  const before = known.get(key)
  if (before !== undefined) return before
  const panes = arrange(
    size,
    specOf(view, size, zoomed, { strip, findings }) as Record<string, PaneSpec>,
  )
  if (known.size > 64) known.clear()
  known.set(key, panes)
  return panes
}

const whole: PaneSpec = { top: above, left: 0, right: 0, bottom: below }

function specOf(
  view: ViewName,
  { columns, rows }: Size,
  zoomed: PaneName | undefined,
  { strip, findings }: { readonly strip: number; readonly findings: number },
): Spec {
  if (zoomed !== undefined) return { [zoomed]: whole }
  switch (view) {
    case 'live':
      // The lines to copy are whole.
      return strip === 0 ? { list: whole } : live(columns, rows, strip)
    case 'flow':
      if (columns < 170) return { steps: whole }
      return {
        steps: { top: above, left: 0, width: '60%', bottom: below },
        preview: { ...whole, left: '60%' },
      }
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
