import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { reportedKinds } from './kinds.ts'
import { reportedLogins } from './logins.ts'
import { reportedServers } from './refusals.ts'

const { rules } = await loadRules()

function report(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

test.each([...reportedLogins, ...reportedServers])(
  '$thread: $name',
  ({ rule, fault, step, http }) => {
    const { verdict, firstBroken, findings } = report(http)
    expect(verdict).toBe('fail')
    expect(firstBroken).toMatchObject({ step, fault })
    expect(findings.find(({ id }) => id === firstBroken?.finding)).toMatchObject({ rule, fault })
  },
)

test.each(reportedKinds)('$name', ({ rule, fault, http }) => {
  const { firstBroken, findings } = report(http)
  expect(findings.find(({ id }) => id === firstBroken?.finding)).toMatchObject({ rule, fault })
})
