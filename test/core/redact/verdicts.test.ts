/** What is redacted, judged again: no verdict changes. */
import { test } from 'vitest'
import { loadRules } from '../../../src/rules.ts'
import { expectProofRedacted } from './proof.ts'

const { rules } = await loadRules([])

const cases = rules.flatMap(({ id, examples }) =>
  [...examples.good, ...examples.bad].map((example) => ({
    name: `${id}: ${example.name}`,
    example,
  })),
)

test.each(cases)(
  'a redacted capture proves what the capture proves: $name',
  async ({ example }) => {
    await expectProofRedacted(rules, example)
  },
)
