import { checklistItems } from './checklist.ts'
import { isObject } from '../wire/json.ts'
import { stepKindNames } from '../step/kinds.ts'
import type { Denial, Rule } from './rule.ts'
import { cite } from './spec.ts'

const severities = ['error', 'warning', 'info']
const faults = [
  'client',
  'resource-server',
  'authorization-server',
  'intermediary',
  'undetermined',
  'authtap',
]
/** What is wrong with a value that ought to be a rule, one sentence a fault, each naming the field; empty for a rule. */
export function ruleFaults(value: unknown): string[] {
  if (!isObject(value)) return ['the default export is not an object made with defineRule']
  const rule = value as Partial<Record<keyof Rule, unknown>>
  const faultsFound: string[] = []
  const need = (ok: boolean, field: keyof Rule, wanted: string) => {
    if (!ok) faultsFound.push(`\`${field}\` must be ${wanted}`)
  }
  need(
    typeof rule.id === 'string' && /^[a-z0-9-]+\/[a-z0-9-]+$/.test(rule.id),
    'id',
    'category/name in lower case',
  )
  for (const field of ['title', 'revisions', 'why', 'remedy'] as const)
    need(typeof rule[field] === 'string' && rule[field] !== '', field, 'a text')
  need(isListOf(rule.severity, severities), 'severity', `a list out of ${severities.join(', ')}`)
  need(isListOf(rule.fault, faults), 'fault', `a list out of ${faults.join(', ')}`)
  need(
    Array.isArray(rule.spec) &&
      rule.spec.length > 0 &&
      rule.spec.every((ref) => typeof ref === 'string' && cite(ref) !== undefined),
    'spec',
    'a list of citations such as "RFC 9728 §3.3"',
  )
  need(
    typeof rule.on === 'string'
      ? stepKindNames.some((kind) => kind === rule.on)
      : isListOf(rule.on, stepKindNames),
    'on',
    'a kind of step, or a list of them',
  )
  need(
    rule.needs === undefined || isListOf(rule.needs, stepKindNames),
    'needs',
    'a list of kinds of step',
  )
  need(
    rule.seed === undefined || isSeed(rule.seed),
    'seed',
    'a list of checklist items, or of { item, variants, faults, severity, when }',
  )
  for (const field of ['reads', 'explains', 'threads'] as const)
    need(rule[field] === undefined || isTexts(rule[field]), field, 'a list of texts')
  need(typeof rule.check === 'function', 'check', 'a generator function')
  need(
    isExamples(rule.examples),
    'examples',
    '{ good: [{ name, http }], bad: [{ name, http }] } with at least one of each',
  )
  return faultsFound
}

/** Checklist items by name, or with what narrows them. */
function isSeed(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every((one) => {
    const denial: Partial<Record<keyof Denial, unknown>> = isObject(one) ? one : { item: one }
    return (
      checklistItems.some(({ item }) => item === denial.item) &&
      (denial.variants === undefined || isTexts(denial.variants)) &&
      (denial.faults === undefined || isListOf(denial.faults, faults)) &&
      (denial.severity === undefined || denial.severity === 'error') &&
      (denial.when === undefined || typeof denial.when === 'function')
    )
  })
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isListOf(value: unknown, allowed: readonly string[]): boolean {
  return isTexts(value) && value.length > 0 && value.every((item) => allowed.includes(item))
}

function isExamples(value: unknown): boolean {
  if (!isObject(value)) return false
  return [value['good'], value['bad']].every(
    (list) =>
      Array.isArray(list) &&
      list.length > 0 &&
      list.every(
        (one) =>
          isObject(one) && typeof one['name'] === 'string' && typeof one['http'] === 'string',
      ),
  )
}
