import type { Exchange } from './wire/exchange.ts'
import type { Finding, Outcome } from './verdict/report.ts'
import type { Example, Rule } from './verdict/rule.ts'
import { Session } from './session.ts'
import { withSignatures } from './signatures.ts'
import { parseTranscript } from './transcript/transcript.ts'
import { worse } from './verdict/check.ts'

export interface ExampleResult {
  readonly outcome: Outcome
  /** What was not visible, where the outcome is blind. */
  readonly leg: string | undefined
  readonly findings: readonly Finding[]
  readonly crash: string | undefined
}

/** The exchanges of an example, their signatures checked as those of any capture. */
export function exchangesOf({ http }: Example): Promise<Exchange[]> {
  return withSignatures(parseTranscript(http, { source: 'example' }))
}

/** Runs one rule on exchanges, beside the rules it aggregates, and says what it made of them. */
export function runRule(
  rule: Rule,
  all: readonly Rule[],
  exchanges: readonly Exchange[],
  example?: Example,
): ExampleResult {
  const rules =
    rule.aggregates !== undefined ? [...all.filter((other) => other.id !== rule.id), rule] : [rule]
  const session = new Session({
    rules,
    tool: { name: 'authtap', version: '0', rules: '' },
    ...(example?.revision === undefined ? {} : { revision: example.revision }),
  })
  for (const exchange of exchanges) session.ingest(exchange)
  const crashes = session
    .settle()
    .flatMap((event) => (event.type === 'rule-crashed' ? [event['rule-crashed']] : []))
  const report = session.report()
  return {
    outcome: outcomeOf(session.outcomesOf(rule.id)),
    leg: report.blind.find((one) => one.rule === rule.id)?.leg,
    findings: report.findings.filter((finding) => finding.rule === rule.id),
    crash: crashes.find((crash) => crash.rule === rule.id)?.message,
  }
}

/** An example is about one flow: one that passes counts, whatever an attempt beside it lacks. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  const worst = outcomes.reduce<Outcome>(worse, 'silent')
  return worst === 'blind' && outcomes.includes('pass') ? 'pass' : worst
}

/** What an example says that its rule does not do, one sentence each; empty when it proves the rule. */
export async function exampleFaults(
  rule: Rule,
  all: readonly Rule[],
  example: Example,
  good: boolean,
): Promise<string[]> {
  const result = runRule(rule, all, await exchangesOf(example), example)
  const { outcome, findings, crash } = result
  if (crash !== undefined) return [`the rule crashed: ${crash}`]
  if (good)
    return outcome === 'pass'
      ? []
      : [`a good example must end in pass, this one ends in ${ending(result)}${messages(findings)}`]
  if (findings.length === 0)
    return [
      `a bad example must give exactly one finding, this one gives none: it ends in ${ending(result)}`,
    ]
  if (findings.length !== 1)
    return [
      `a bad example must give exactly one finding, this one gives ${findings.length}${messages(findings)}`,
    ]
  return findingFaults(rule, findings[0]!, example)
}

/** An outcome, and where it is blind what was not visible. */
function ending({ outcome, leg }: ExampleResult): string {
  return outcome === 'blind' && leg !== undefined ? `blind: ${leg} was not visible` : outcome
}

/** Errors of other rules in a bad example that do not follow from the rule's own finding: faults beside its fault. */
export async function errorsBeside(
  rule: Rule,
  all: readonly Rule[],
  example: Example,
): Promise<Finding[]> {
  const session = new Session({
    rules: all.some(({ id }) => id === rule.id) ? all : [...all, rule],
    tool: { name: 'authtap', version: '0', rules: '' },
    ...(example.revision === undefined ? {} : { revision: example.revision }),
  })
  for (const exchange of await exchangesOf(example)) session.ingest(exchange)
  session.settle()
  const { findings } = session.report()
  const follows = (one: Finding | undefined): boolean =>
    one !== undefined &&
    (one.rule === rule.id || follows(findings.find(({ id }) => id === one.causedBy)))
  return findings.filter((one) => one.severity === 'error' && !follows(one))
}

function findingFaults(rule: Rule, finding: Finding, example: Example): string[] {
  const faults: string[] = []
  if (!finding.evidence.some(({ text, note }) => text !== '' || note !== undefined))
    faults.push('its evidence neither quotes anything nor says what is absent')
  if (!rule.severity.includes(finding.severity))
    faults.push(`severity ${finding.severity} is not declared`)
  if (!rule.fault.includes(finding.fault)) faults.push(`party ${finding.fault} is not declared`)
  for (const field of ['variant', 'severity', 'fault'] as const) {
    const wanted = example.expect?.[field]
    if (wanted !== undefined && finding[field] !== wanted)
      faults.push(`${field} is ${finding[field]}, expected ${wanted}`)
  }
  return faults
}

function messages(findings: readonly Finding[]): string {
  return findings.map(({ message }) => `\n    ${message}`).join('')
}
