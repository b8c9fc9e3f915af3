import { checklistItems } from '../../core/verdict/checklist.ts'
import type { ChecklistEntry } from '../../core/verdict/report.ts'
import { groupKey } from './findings.ts'
import type { Model } from './model.ts'
import type { State } from '../term/theme.ts'

export interface ChecklistItem {
  readonly item: string
  readonly text: string
  readonly state: State
  /** The exchange that shows it. */
  readonly exchange: string | undefined
  /** Key of the group of findings that fails it. */
  readonly finding: string | undefined
}

export interface ChecklistCategory {
  readonly name: string
  readonly state: State
  readonly items: readonly ChecklistItem[]
  readonly passed: number
}

const states: Readonly<Record<ChecklistEntry['status'], State>> = {
  pass: 'pass',
  fail: 'fail',
  blind: 'blind',
  'not-seen': 'notSeen',
}

export function checklistCategories(model: Model): ChecklistCategory[] {
  const entries = new Map(model.report?.checklist.map((entry) => [entry.item, entry]))
  const names = [...new Set(checklistItems.map(({ category }) => category))]
  return names.map((name) => {
    const items = checklistItems
      .filter(({ category }) => category === name)
      .map(({ item, text }) => makeItem(model, item, text, entries.get(item)))
    return {
      name,
      items,
      state: stateOf(items),
      passed: items.filter(({ state }) => state === 'pass').length,
    }
  })
}

function makeItem(
  model: Model,
  item: string,
  text: string,
  entry: ChecklistEntry | undefined,
): ChecklistItem {
  const failing = entry?.findings.flatMap((id) => model.findings.get(id) ?? [])[0]
  return {
    item,
    text,
    state: states[entry?.status ?? 'not-seen'],
    exchange: failing?.evidence[0]?.exchange ?? entry?.exchange,
    finding: failing === undefined ? undefined : groupKey(failing),
  }
}

function stateOf(items: readonly ChecklistItem[]): State {
  const has = (state: State) => items.some((item) => item.state === state)
  if (has('fail')) return 'fail'
  if (items.every(({ state }) => state === 'pass')) return 'pass'
  if (has('pass')) return 'partly'
  return has('blind') ? 'blind' : 'notSeen'
}

/** Categories and items as they stand below each other. */
export type ChecklistRow =
  { readonly category: ChecklistCategory } | { readonly item: ChecklistItem }

export function checklistRows(model: Model): ChecklistRow[] {
  return checklistCategories(model).flatMap((category): ChecklistRow[] => [
    { category },
    ...category.items.map((item) => ({ item })),
  ])
}
