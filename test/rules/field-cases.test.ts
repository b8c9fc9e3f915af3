/** All rules on failures that people reported. */
import { expect, test } from 'vitest'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import { fieldCases } from './field-cases.ts'

const { rules } = await loadRules()

test.each(fieldCases)('$name', ({ rule, fault, http }) => {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  const { firstBroken, findings } = session.report()
  const first = findings.find(({ id }) => id === firstBroken?.finding)
  expect(first).toMatchObject({ rule, fault })
})
