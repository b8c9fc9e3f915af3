import { causesByRule } from '../core/verdict/explanations.ts'
import type { Rule } from '../core/verdict/rule.ts'
import { cite } from '../core/verdict/spec.ts'
import { partyName } from '../core/verdict/words.ts'
import { UserError } from '../errors.ts'
import { type Options, nearest } from '../shell/arguments.ts'
import { kitPage } from '../shell/kit-page.ts'
import { print } from '../shell/output.ts'
import type { Fault } from '../core/intercept/fault.ts'
import { loadFaults } from '../faults.ts'
import { loadRules } from '../rules.ts'
import type { Context } from '../shell/context.ts'

/** Prints a rule's page, or what rules are made with; without either, what there is to ask for. */
export async function explain(_context: Context, options: Options): Promise<number> {
  if (options.has('kit')) {
    await print(`${kitPage().join('\n')}\n`)
    return 0
  }
  const [id] = options.positionals
  if (id === 'fault' || id?.startsWith('fault/') === true) {
    await print(`${faultPage(id.slice('fault/'.length), await loadFaults()).join('\n')}\n`)
    return 0
  }
  const { rules } = await loadRules(options.list('rules'))
  if (id === undefined) {
    await print(
      `Give a rule: authtap explain RULE. There are ${rules.length}:\n${rules.map((rule) => `  ${rule.id}\n`).join('')}`,
    )
  } else {
    const rule = rules.find((one) => one.id === id || one.id.endsWith(`/${id}`))
    await print(
      `${(rule === undefined ? rulesAbout(id, rules) : rulePage(rule, rules)).join('\n')}\n`,
    )
  }
  return 0
}

/** A fault as a page of text; without a name, what there is. Throws UserError (ENORULE) when there is none such. */
function faultPage(id: string, faults: readonly Fault[]): string[] {
  const fault = faults.find((one) => one.id === id)
  if (fault !== undefined)
    return [
      `fault/${fault.id}`,
      `  ${fault.title}`,
      '',
      `Looks like    ${partyName[fault.breaks]}`,
      `Found by      ${fault.rule ?? 'no rule: it is allowed'}`,
      `Expected      ${fault.expected}`,
      ...(fault.acted === true ? ['Acted         authtap answers in place of the server'] : []),
      `Use           --fault ${fault.id}`,
      '',
      'Specification',
      ...fault.spec.map((ref) => `  ${ref}  ${cite(ref)?.url ?? ''}`),
    ]
  const near = nearest(
    id,
    faults.map((one) => one.id),
  )
  if (id !== '')
    throw new UserError(
      'ENORULE',
      `There is no fault ${id}.`,
      near === undefined ? 'See authtap explain fault.' : `Did you mean fault/${near}?`,
    )
  const width = Math.max(...faults.map((one) => one.id.length))
  return [
    'What --fault can let go wrong:',
    ...faults.map((one) => `  ${one.id.padEnd(width)}  ${one.title}`),
  ]
}

/** The rules whose id, title or text has a word in it. Throws UserError (ENORULE) when there is none. */
function rulesAbout(word: string, rules: readonly Rule[]): string[] {
  const wanted = word.toLowerCase()
  const has = (text: string) => text.toLowerCase().includes(wanted)
  const named = rules.filter(({ id, title }) => has(id) || has(title))
  const found =
    named.length > 0 ? named : rules.filter(({ why, remedy }) => has(why) || has(remedy))
  if (found.length === 0 || wanted === '') throw noSuchRule(word, rules)
  const width = Math.max(...found.map(({ id }) => id.length))
  return [
    `There is no rule ${word}. About it:`,
    ...found.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`),
  ]
}

function noSuchRule(id: string, rules: readonly Rule[]): UserError {
  const near = nearest(
    id,
    rules.map((rule) => rule.id),
  )
  return new UserError(
    'ENORULE',
    `There is no rule ${id}.`,
    near === undefined ? 'See authtap rules.' : `Did you mean ${near}?`,
  )
}

/** A rule as a page of text: what it finds, why it matters, how to mend it, and what it looks like on the wire. */
function rulePage(rule: Rule, rules: readonly Rule[]): string[] {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : ['', title, ...items.map((item) => `  ${item}`)]
  return [
    rule.id,
    `  ${rule.title}`,
    '',
    `Severity    ${rule.severity.join(', ')}`,
    `Party       ${rule.fault.map((fault) => partyName[fault]).join('; ')}`,
    `Revisions   ${rule.revisions}`,
    '',
    `Why  ${rule.why}`,
    `Fix  ${rule.remedy}`,
    ...list(
      'Specification',
      rule.spec.map((ref) => `${ref}  ${cite(ref)?.url ?? ''}`),
    ),
    ...list('Seen in the wild', rule.threads ?? []),
    ...list('Denies in the checklist', (rule.seed ?? []).map(denialText)),
    ...list('Explains findings of', rule.explains ?? []),
    ...list('May be explained by', [...(causesByRule(rules).get(rule.id) ?? [])]),
    ...rule.examples.good.flatMap((example) => [
      '',
      `Good: ${example.name}`,
      '',
      ...dedent(example.http).map((line) => `    ${line}`),
    ]),
    ...rule.examples.bad.flatMap((example) => [
      '',
      `Bad: ${example.name}`,
      '',
      ...dedent(example.http).map((line) => `    ${line}`),
    ]),
  ]
}

/** The lines of an indented template without the indentation they share. */
function dedent(text: string): string[] {
  const lines = text.replace(/^\n/, '').trimEnd().split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const shared = Math.min(...indents)
  return lines.map((line) => line.slice(shared))
}

/** A checklist item that the rule may say is untrue, and when it does. */
function denialText(denial: NonNullable<Rule['seed']>[number]): string {
  if (typeof denial === 'string') return denial
  const { item, variants, faults, severity, when } = denial
  const limits = [
    ...(severity === undefined ? [] : [`${severity}s`]),
    ...(variants === undefined ? [] : [variants.join(', ')]),
    ...(faults === undefined ? [] : [`by ${faults.map((fault) => partyName[fault]).join(' or ')}`]),
    ...(when === undefined ? [] : ['not at every step']),
  ]
  return limits.length === 0 ? item : `${item} (${limits.join('; ')})`
}
