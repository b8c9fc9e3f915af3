import { expect, test } from 'vitest'
import { exampleFaults } from '../../src/core/example.ts'
import type { Rule } from '../../src/core/verdict/rule.ts'
import type { StepKind } from '../../src/core/step/step.ts'
import { loadRules } from '../../src/rules.ts'
import { expectProofRedacted } from '../core/redact/proof.ts'
import { anyRule } from './run.ts'

const { rules } = await loadRules([])

/** Tests examples beyond those that a rule's own file shows as those are tested: good ones pass, bad ones fire once. */
export function testExamples<Kind extends StepKind>(
  rule: Rule<Kind>,
  { good = [], bad = [] }: Partial<Rule['examples']>,
): void {
  const cases = [
    ...good.map((example) => ({ name: `passes: ${example.name}`, example, isGood: true })),
    ...bad.map((example) => ({ name: `fires once: ${example.name}`, example, isGood: false })),
  ]
  test.each(cases)('$name', async ({ example, isGood }) => {
    expect(await exampleFaults(anyRule(rule), rules, example, isGood)).toEqual([])
    await expectProofRedacted(rules, example)
  })
}
