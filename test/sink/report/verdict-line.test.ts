import { expect, test } from 'vitest'
import type { Report } from '../../../src/core/verdict/report.ts'
import { verdictLine } from '../../../src/sink/report/verdict-line.ts'
import { broken, healthy } from './judged.ts'

const cause = broken.report.findings.find(({ id }) => id === broken.report.firstBroken!.finding)!

/** The report of the broken login, with something else about its cause. */
function about(change: Partial<typeof cause>, report: Partial<Report> = {}) {
  const findings = broken.report.findings.map((one) =>
    one === cause ? { ...one, ...change } : one,
  )
  return verdictLine({ ...broken.report, findings, ...report })
}

test('a failure names the step, who has to act, and what was seen', () => {
  const { verdict, text, detail } = verdictLine(broken.report)
  expect({ verdict, text }).toEqual({
    verdict: 'FAIL',
    text: 'The token step broke first. The authorization server has to act.',
  })
  expect(detail).toContain('https://elsewhere.example')
  expect(detail).toMatch(/^[A-Z].*\.$/)
})

test('what was tried on purpose broke nothing of a login that got through', () => {
  const rule = 'trial/unknown-client-redirected'
  const [flow] = broken.report.flows
  const flows = [{ ...flow!, outcome: 'authorized' as const }]
  expect(about({ rule }, { flows }).text).toMatch(
    /^The client got through, but the token step is not as/,
  )
  expect(about({ rule }).text).toMatch(/^The token step broke first/)
  expect(about({}, { flows }).text).toMatch(/^The token step broke first/)
})

test('who has to act may be likely, or not certain between some', () => {
  expect(about({ confidence: 'likely' }).text).toMatch(/server likely has to act\.$/)
  const candidates = [
    { fault: 'client', why: '' },
    { fault: 'resource-server', why: '' },
  ] as const
  expect(about({ fault: 'undetermined', candidates }).text).toMatch(
    /Who has to act is not certain: the client or the MCP server\.$/,
  )
  expect(about({ fault: 'undetermined' }).text).toMatch(/Who has to act is not certain\.$/)
})

test('what was mended since is told as past, also where something else is still left', () => {
  const firstBroken = { ...broken.report.firstBroken!, past: true as const }
  expect(about({}, { verdict: 'pass', firstBroken })).toEqual({
    verdict: 'PASS',
    text: 'It works now.',
    detail: expect.stringContaining('Before, the token step was broken: '),
  })
  expect(about({}, { verdict: 'incomplete', firstBroken })).toMatchObject({
    verdict: 'INCOMPLETE',
    text: expect.not.stringContaining('works'),
    detail: expect.stringContaining('Before, the token step was broken: '),
  })
  expect(about({}, { verdict: 'fail', firstBroken }).text).toBe(
    'Something is broken: see the findings.',
  )
})

test('a pass says how many got through', () => {
  expect(verdictLine(healthy.report)).toMatchObject({
    verdict: 'PASS',
    text: 'The client got through.',
  })
  const [flow] = healthy.report.flows
  expect(verdictLine({ ...healthy.report, flows: [flow!, { ...flow!, id: 'w2' }] }).text).toBe(
    '2 logins got through.',
  )
})

test('an incomplete one says what is lacking', () => {
  const report: Report = { ...healthy.report, verdict: 'incomplete' }
  const [flow] = report.flows
  const ended = (...outcomes: (typeof flow & object)['outcome'][]) =>
    verdictLine({ ...report, flows: outcomes.map((outcome) => ({ ...flow!, outcome })) })
  expect(ended('abandoned')).toMatchObject({
    text: 'A login was left unfinished.',
    detail: expect.stringMatching(/^The last step seen of w1 is /),
  })
  expect(ended('abandoned', 'in-progress', 'authorized').text).toBe(
    '2 logins were left unfinished.',
  )
  expect(ended('looked', 'superseded').text).toBe('Nobody logged in.')
  const capture = { ...report.capture, exchanges: 0 }
  expect(verdictLine({ ...report, capture }).text).toBe('There was nothing to judge.')
})
