import { expect, test } from 'vitest'
import type { Safe } from '../../../src/core/redact/redactor.ts'
import type { Finding, FlowReport, Report } from '../../../src/core/verdict/report.ts'
import { goodbye } from '../../../src/sink/text/goodbye.ts'
import { causeGroups, ranges } from '../../../src/sink/text/groups.ts'
import { makeStyle } from '../../../src/sink/text/style.ts'

const resource = 'http://127.0.0.1:36743/mcp'

function flow(number: number, outcome: FlowReport['outcome']): FlowReport {
  return {
    id: `w${number}`,
    resource,
    issuer: 'https://as.example',
    clientId: null,
    registration: 'dynamic',
    revision: '2025-11-25',
    steps: [],
    calls: 3,
    outcome,
  }
}

function finding(id: string, rule: string, more: Partial<Finding>): Finding {
  return {
    id,
    rule,
    severity: 'error',
    confidence: 'certain',
    basis: 'observed',
    fault: 'authorization-server',
    title: `About ${rule}`,
    message: 'it is wrong',
    why: 'It fails.',
    remedy: `Put ${resource} into aud.`,
    spec: [],
    flow: 'w1',
    causedBy: null,
    evidence: [{ exchange: '7', at: 'response.jwt.aud', text: 'api://default' }],
    ...more,
  }
}

/** Eighteen logins, two of which fail again and again, each time with the same consequences, and much else. */
function long(): Safe<Report> {
  const flows = Array.from({ length: 18 }, (_, n) =>
    flow(n + 1, n === 0 || n === 4 ? 'failed' : 'authorized'),
  )
  const causes = Array.from({ length: 12 }, (_, n) =>
    finding(`f${n}`, 'audience/aud-mismatch', {
      found: 'api://default',
      expected: resource,
      flow: n % 2 === 0 ? 'w1' : 'w5',
    }),
  )
  const effects = Array.from({ length: 62 }, (_, n) =>
    finding(`e${n}`, 'bearer/fresh-token-rejected', { causedBy: `f${n % 12}` }),
  )
  const others = Array.from({ length: 20 }, (_, n) =>
    finding(`o${n}`, `other/rule-${n}`, { severity: 'warning', flow: 'w3' }),
  )
  return {
    verdict: 'fail',
    firstBroken: { finding: 'f0', step: 'token', fault: 'authorization-server' },
    findings: [...effects, ...causes, ...others],
    flows,
    blind: [],
    capture: { exchanges: 2280, complete: true, missing: [] },
    outcomes: { pass: 40, fail: 2, silent: 0, blind: 0, crash: 0 },
  } as unknown as Safe<Report>
}

test.each([80, 120, Infinity])('after a long session it is short, at %f columns too', (width) => {
  const style = makeStyle({ color: false, unicode: true, width: () => width })
  const lines = goodbye(long(), style).trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(22)
  expect(lines.filter((line) => line.length > width)).toEqual([])
  expect(lines[1]).toBe('18 flows: 16 worked, 2 failed')
  expect(lines.join('\n')).toContain(
    '✗ audience/aud-mismatch ×12 (+62 consequences)  the authorization server  w1, w5',
  )
  expect(lines.slice(-3)).toEqual([
    '✗ FAIL  The token step broke first. The authorization server has to act.',
    `  #7: aud is api://default, must be ${resource}`,
    `  fix: Put ${resource} into aud.`,
  ])
})

test('consequences are counted with the cause at the root of them, through others as well', () => {
  const findings = [
    finding('a', 'x/root', {}),
    finding('b', 'x/middle', { causedBy: 'a' }),
    finding('c', 'x/leaf', { causedBy: 'b' }),
  ]
  const report = { findings, firstBroken: null } as unknown as Safe<Report>
  expect(causeGroups(report)).toMatchObject([
    { finding: { id: 'a' }, times: 1, consequences: 2, flows: ['w1'] },
  ])
})

test('ids that follow each other are a range', () => {
  expect(ranges(['w1', 'w2', 'w3', 'w7', 'w9', 'w10'])).toBe('w1-w3, w7, w9-w10')
  expect(ranges(['w1', 'w3', 'w5'], 2)).toBe('w1, w3, …')
})
