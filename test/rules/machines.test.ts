/** All rules on logins of machines, without a person. */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import {
  exchange,
  found,
  jag,
  machine,
  machineLogins,
  metadata,
  ofClient,
  redeem,
  refused,
} from './machines.ts'
import * as flow from './whole-flow.ts'

const { rules } = await loadRules()

function judge(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

describe('a healthy login without a person', () => {
  test.each(Object.entries(machineLogins))(
    '%s gives no error and no warning, and passes',
    (_, http) => {
      const { findings, verdict } = judge(http)
      const alarms = findings.filter(({ severity }) => severity !== 'info')
      expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
      expect(verdict).toBe('pass')
    },
  )
})

describe('a login without a person that fails', () => {
  const before = flow.healthy.challenge + flow.healthy.resourceMetadata
  test.each([
    ['assertion/invalid', 'client', found + machine(ofClient({ exp: 1767268000 }))],
    ['assertion/audience-wrong', 'client', found + machine(ofClient({ aud: 'https://b.example' }))],
    [
      'client-credentials/client-not-authenticated',
      'client',
      found +
        flow.tokenRequest(
          { grant_type: 'client_credentials', client_id: 'app', resource: flow.endpoint },
          refused,
        ),
    ],
    [
      'ema/token-exchange-invalid',
      'client',
      found + exchange({ audience: undefined }).replace(/< HTTP\/1.1 200 OK[\s\S]*/, refused),
    ],
    [
      'ema/id-jag-invalid',
      'authorization-server',
      found +
        exchange({}, { access_token: jag({ client_id: 'x' }) }) +
        redeem(jag({ client_id: 'x' }), refused),
    ],
    [
      'bearer/wrong-token-presented',
      'client',
      found +
        exchange() +
        flow.call('tools/list', jag(), flow.challenge('Bearer error="invalid_token"')),
    ],
    [
      'transport/host-rejected',
      'resource-server',
      flow.opening('< HTTP/1.1 421 Misdirected Request\n\nInvalid Host header'),
    ],
    [
      'security/unsafe-url-in-metadata',
      'authorization-server',
      before + metadata({ authorization_endpoint: 'javascript:alert(1)' }),
    ],
  ])('for %s is blamed on the %s, and has no other cause', (rule, fault, http) => {
    const { firstBroken, findings, verdict } = judge(http)
    const causes = findings.filter(
      ({ severity, causedBy }) => severity === 'error' && causedBy === null,
    )
    expect(causes.map((one) => `${one.rule} ${one.fault}`)).toEqual([`${rule} ${fault}`])
    expect(verdict).toBe('fail')
    expect(findings.find(({ id }) => id === firstBroken?.finding)?.rule).toBe(rule)
  })
})
