import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Finding, Report } from '../../../src/core/verdict/report.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules([])

const login = (n: number) => `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app${n}&state=s${n}&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

# handed-over
> GET http://127.0.0.1:1/cb?code=c${n}&state=s${n}

> POST https://as.example/token
> user-agent: client-${n}/1.0
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c${n}&client_id=app${n}&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 503 Service Unavailable
`

function judge(recorded: readonly Finding[]): Report {
  const session = new Session({
    rules: rules.filter(({ id }) => id === 'flow/step-failed' || id === 'pkce/verifier-mismatch'),
    tool: { name: 'authtap', version: '0', rules: '' },
    recorded,
  })
  for (const exchange of parseTranscript(login(1) + login(2))) session.ingest(exchange)
  session.settle()
  return session.report()
}

function recordedAt(exchange: string): Finding {
  return {
    id: 'f7',
    rule: 'pkce/verifier-mismatch',
    severity: 'error',
    confidence: 'certain',
    basis: 'observed',
    fault: 'client',
    title: 't',
    message: 'm',
    why: 'w',
    remedy: 'r',
    spec: [],
    flow: 'w9',
    causedBy: null,
    evidence: [{ exchange, at: 'request.form.code_verifier', text: '' }],
  }
}

const told = ({ findings }: Report) => findings.map(({ rule, flow }) => `${flow} ${rule}`)

test('what the record holds of one login silences nothing about another', () => {
  expect(told(judge([]))).toEqual(['w1 flow/step-failed', 'w2 flow/step-failed'])
  const again = judge([recordedAt('3')])
  expect(told(again)).toEqual(['w2 flow/step-failed', 'w1 pkce/verifier-mismatch'])
  expect(again.firstBroken).toEqual({ finding: 'recorded-f7', step: 'token', fault: 'client' })
})

test('what the record holds of exchanges that are not there is kept, and breaks nothing here', () => {
  const again = judge([recordedAt('99')])
  expect(told(again)).toEqual([
    'w1 flow/step-failed',
    'w2 flow/step-failed',
    'w9 pkce/verifier-mismatch',
  ])
  expect(again.firstBroken?.finding).not.toBe('recorded-f7')
})

test('what is found anew keeps the cause that stands in the record alone', () => {
  const failed = {
    ...recordedAt('3'),
    id: 'f8',
    rule: 'token/error-not-oauth',
    variant: 'empty',
    causedBy: 'f7',
  }
  const session = new Session({
    rules: rules.filter(({ id }) => [failed.rule, 'pkce/verifier-mismatch'].includes(id)),
    tool: { name: 'authtap', version: '0', rules: '' },
    recorded: [recordedAt('3'), failed],
  })
  const refused = login(1).replace('503 Service Unavailable', '400 Bad Request')
  for (const exchange of parseTranscript(refused)) session.ingest(exchange)
  session.settle()
  const report = session.report()
  expect(report.findings.map(({ rule, causedBy }) => [rule, causedBy])).toEqual([
    ['token/error-not-oauth', 'recorded-f7'],
    ['pkce/verifier-mismatch', null],
  ])
  expect(report.firstBroken?.finding).toBe('recorded-f7')
})
