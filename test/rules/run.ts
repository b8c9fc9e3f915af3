import { type ExampleResult, runRule } from '../../src/core/example.ts'
import type { Revision, Rule } from '../../src/core/verdict/rule.ts'
import type { StepKind } from '../../src/core/step/step.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'

/** A rule as the engine takes it. */
export function anyRule<Kind extends StepKind>(rule: Rule<Kind>): Rule {
  return rule as unknown as Rule
}

/** What one rule, alone, makes of a transcript. */
export function run<Kind extends StepKind>(
  rule: Rule<Kind>,
  http: string,
  revision?: Revision,
): ExampleResult {
  const example = revision === undefined ? undefined : { name: '', http, revision }
  return runRule(anyRule(rule), [anyRule(rule)], parseTranscript(http), example)
}
