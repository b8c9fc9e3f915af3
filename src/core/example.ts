import type { Exchange } from './wire/exchange.ts'
import type { Finding, Outcome } from './verdict/report.ts'
import type { Example, Rule } from './verdict/rule.ts'
import { Session } from './session.ts'
import { parseTranscript } from './transcript/transcript.ts'
import { worse } from './verdict/check.ts'

export interface ExampleResult {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  readonly crash: string | undefined
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
  return {
    outcome: outcomeOf(session.outcomesOf(rule.id)),
    findings: session.report().findings.filter((finding) => finding.rule === rule.id),
    crash: crashes.find((crash) => crash.rule === rule.id)?.message,
  }
}

/** An example is about one flow: one that passes counts, whatever an attempt beside it lacks. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  const worst = outcomes.reduce<Outcome>(worse, 'silent')
  return worst === 'blind' && outcomes.includes('pass') ? 'pass' : worst
}

/** What an example says that its rule does not do, one sentence each; empty when it proves the rule. */
export function exampleFaults(
  rule: Rule,
  all: readonly Rule[],
  example: Example,
  good: boolean,
): string[] {
  const { outcome, findings, crash } = runRule(
    rule,
    all,
    parseTranscript(example.http, { source: 'example' }),
    example,
  )
  if (crash !== undefined) return [`the rule crashed: ${crash}`]
  if (good)
    return outcome === 'pass'
      ? []
      : [`a good example must end in pass, this one ends in ${outcome}${messages(findings)}`]
  if (findings.length !== 1)
    return [
      `a bad example must give exactly one finding, this one gives ${findings.length}${messages(findings)}`,
    ]
  return findingFaults(rule, findings[0]!, example)
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
