import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { byAuthorizationServers } from './authorization-servers.ts'
import { byClients } from './clients.ts'
import { byServers } from './servers.ts'

const { rules } = await loadRules()

test.each([...byClients, ...byServers, ...byAuthorizationServers])(
  '$thread: $rule',
  ({ verdict, step, rule, fault, candidate, hint, http }) => {
    const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
    for (const exchange of parseTranscript(http)) session.ingest(exchange)
    session.settle()
    const report = session.report()
    const { firstBroken, findings } = report
    const first = findings.find(({ id }) => id === firstBroken?.finding) ?? findings[0]
    expect([report.verdict, firstBroken?.step]).toEqual([verdict, step])
    expect(first).toMatchObject({ rule, fault })
    if (candidate !== undefined)
      expect(first!.candidates?.map((one) => one.fault)).toContain(candidate)
    if (hint !== undefined) expect(first!.hint).toContain(hint)
  },
)
