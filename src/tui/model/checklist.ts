import { checklistItems } from '../../core/verdict/checklist.ts'
import type { ChecklistEntry } from '../../core/verdict/report.ts'
import type { StepKind } from '../../core/step/step.ts'
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

/** The kinds of exchange in which an item shows, the telling one first. */
const places: Readonly<Record<string, readonly StepKind[]>> = {
  'D-1': ['server-metadata'],
  'D-2': ['server-metadata', 'resource-metadata'],
  'D-3': ['server-metadata', 'resource-metadata', 'mcp'],
  'D-4': ['resource-metadata', 'server-metadata'],
  'A-1': ['authorize', 'token'],
  'A-2': ['mcp'],
  'A-3': ['token'],
  'A-4': ['token'],
  'A-5': ['authorize', 'token'],
  'A-6': ['challenge'],
  'R-1': ['registration'],
  'R-2': ['token'],
  'R-3': ['registration', 'server-metadata'],
  'R-4': ['registration', 'client-metadata', 'authorize'],
  'P-1': ['authorize'],
  'P-2': ['token'],
  'P-3': ['token'],
  'P-4': ['token'],
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
  const state = states[entry?.status ?? 'not-seen']
  const failing =
    state === 'fail'
      ? [...model.findings.values()].find(
          ({ rule, severity }) => severity !== 'info' && entry!.rules.includes(rule),
        )
      : undefined
  const shown = state === 'pass' || state === 'fail' ? placeOf(model, item) : undefined
  return {
    item,
    text,
    state,
    exchange: failing?.evidence[0]?.exchange ?? shown,
    finding: failing === undefined ? undefined : groupKey(failing),
  }
}

function placeOf(model: Model, item: string): string | undefined {
  const kinds = places[item] ?? (item.startsWith('U') ? ['challenge'] : ['mcp', 'challenge'])
  for (const kind of kinds as readonly StepKind[]) {
    const row = model.last(kind)
    if (row !== undefined) return row.id
  }
  return undefined
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
