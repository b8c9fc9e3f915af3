import { expect, test } from 'vitest'
import { transcriptEpoch } from '../../../src/core/transcript/transcript.ts'
import { verdictLine, verdictText } from '../../../src/tui/model/verdict-line.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const seconds = 1000

function verdict(exchanges = failedLogin(), capture?: string) {
  const { ui } = told(exchanges, capture === undefined ? {} : { capture })
  return verdictLine(ui, transcriptEpoch, transcriptEpoch + 10 * seconds)
}

/** The same login once more, by another client. */
function again() {
  return failedLogin('two').map((exchange) => ({
    ...exchange,
    id: `b${exchange.id}`,
    client: 'c2',
    connection: 'k2',
    startedAt: exchange.startedAt + 60 * seconds,
    endedAt: exchange.startedAt + 60.1 * seconds,
  }))
}

test('what broke first is the verdict: which step, whose, the two values, and the key that goes there', () => {
  expect(verdict()).toEqual({
    mark: 'fail',
    word: 'FAIL',
    head: [
      ['#6 token', '#6 token'],
      ['AUTH SERVER', 'AUTH SERVER'],
    ],
    fact: { subject: 'aud', found: 'https://api.example', expected: 'https://mcp.example/mcp' },
    key: ['broken', 'go there'],
    exchange: '6',
  })
})

test('who has to act may be likely, or not certain', () => {
  const { ui, model, tell } = told()
  const cause = model.findings.get(model.report!.firstBroken!.finding)!
  const line = () => verdictText(verdictLine(ui, 0, 0))
  expect(line()).toBe(
    '#6 token · AUTH SERVER · aud is https://api.example, must be https://mcp.example/mcp',
  )
  tell([{ type: 'finding', finding: { ...cause, confidence: 'likely' } }])
  expect(line()).toContain('· LIKELY AUTH SERVER ·')
  tell([{ type: 'finding', finding: { ...cause, fault: 'undetermined' } }])
  expect(line()).toContain('· UNCERTAIN ·')
})

test('a rule that gives no short form is told by what it saw', () => {
  const { ui, model, tell } = told()
  const cause = model.findings.get(model.report!.firstBroken!.finding)!
  const { found: _found, expected: _expected, ...plain } = cause
  tell([{ type: 'finding', finding: plain }])
  expect(verdictText(verdictLine(ui, 0, 0))).toBe(`#6 token · AUTH SERVER · ${cause.message}`)
})

test('before there is a report, the earliest error is told', () => {
  const { ui, model } = told()
  model.report = undefined
  expect(verdictLine(ui, 0, 0)).toMatchObject({ word: 'FAIL', exchange: '6' })
})

test('with several flows, the flow is named too', () => {
  const { ui } = told([...failedLogin(), ...again()])
  expect(verdictLine(ui, 0, 0).head[0]).toEqual(['flow 1 #6 token', 'flow 1 #6 token'])
})

test('a new attempt is judged by itself', () => {
  const { ui, model, take } = told()
  model.begin()
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    word: 'WAITING',
    fact: { subject: 'New attempt: let the client connect again.' },
  })
  expect(ui.groups).toEqual([])
  expect(ui.listing.length).toBe(0)
  const more = again()
  take(...more.slice(0, 4))
  expect(verdictLine(ui, 0, 0).word).toBe('WAITING')
  expect(ui.listing.at(0)?.id).toBe('b1')
  expect(ui.listing.length).toBe(4)
  take(...more.slice(4))
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    word: 'FAIL',
    head: [
      ['flow 2 #b6 token', 'flow 2 #b6 token'],
      ['AUTH SERVER', 'AUTH SERVER'],
    ],
    exchange: 'b6',
  })
  expect(ui.groups[0]).toMatchObject({ isFirstBroken: true, times: 1 })
  expect([...model.flows.keys()]).toEqual(['w1', 'w2'])
})

test('while nothing is decided, what comes next is told; of a capture, where it ends', () => {
  const seen = failedLogin().slice(0, 2)
  expect(verdict(seen)).toMatchObject({
    mark: 'partly',
    word: 'WAITING',
    fact: { subject: expect.stringMatching(/^The client read the resource metadata\. Waiting/) },
  })
  expect(verdict(seen, 'x.har')).toMatchObject({
    mark: 'blind',
    word: 'INCOMPLETE',
    fact: { subject: expect.stringMatching(/the capture ends before the client asks/) },
  })
})

test('a capture is being opened, and read', () => {
  expect(verdict([], 'x.har')).toMatchObject({
    word: 'READ',
    fact: { subject: 'Opening x.har' },
  })
  const { ui } = told()
  ui.state.progress = '3 of 7 exchanges'
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    word: 'READ',
    fact: { subject: '3 of 7 exchanges' },
  })
})

test('what was broken before and works now is told as past, and fails nothing', () => {
  const { ui, model } = told()
  const firstBroken = { ...model.report!.firstBroken!, past: true as const }
  const line = (verdict: 'pass' | 'incomplete') => {
    model.report = { ...model.report!, verdict, firstBroken } as typeof model.report
    return verdictLine(ui, 0, 0)
  }
  expect(line('pass')).toMatchObject({
    mark: 'pass',
    word: 'WORKS NOW',
    head: [[expect.stringMatching(/^flow 1, \d\d:\d\d:\d\d$/), 'flow 1']],
    fact: {
      subject:
        'before: #6 token, aud is https://api.example, must be https://mcp.example/mcp (the authorization server)',
    },
    key: ['attempt', 'new attempt'],
    exchange: '6',
  })
  for (const [id, flow] of model.flows) model.flows.set(id, { ...flow, outcome: 'authorized' })
  expect(line('incomplete')).toMatchObject({ mark: 'blind', word: 'INCOMPLETE' })
})

test('what works now is named also when its exchanges are off the list', () => {
  const { ui, model } = told()
  const firstBroken = { ...model.report!.firstBroken!, past: true as const }
  model.report = { ...model.report!, verdict: 'pass', firstBroken } as typeof model.report
  for (const [id, flow] of model.flows)
    model.flows.set(id, { ...flow, outcome: 'superseded', by: 'w2' })
  model.clear()
  expect(verdictLine(ui, 0, 0)).toMatchObject({ word: 'WORKS NOW', head: [['flow 2', 'flow 2']] })
})

test('who got through without an error passes; so far, while more may come', () => {
  const { ui, model, tell } = told()
  for (const id of [...model.findings.keys()])
    tell([{ type: 'finding-withdrawn', 'finding-withdrawn': { id } }])
  for (const [id, flow] of model.flows) model.flows.set(id, { ...flow, outcome: 'authorized' })
  model.report = { ...model.report!, verdict: 'pass', firstBroken: null } as typeof model.report
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    mark: 'pass',
    word: 'PASS',
    fact: {
      subject: expect.stringMatching(/^1 login worked, 2 MCP calls\. Nothing broken so far/),
    },
  })
})

test('an error that was mended since is no failure', () => {
  const { ui, model, tell } = told()
  for (const finding of [...model.findings.values()])
    tell([{ type: 'finding', finding: { ...finding, past: true } }])
  model.report = undefined
  expect(verdictLine(ui, 0, 0).word).not.toBe('FAIL')
})

test('a report that passes is told as a pass, also where a flow only looked', () => {
  const { ui, model } = told(failedLogin().slice(0, 1))
  model.report = { ...model.report!, verdict: 'pass' } as typeof model.report
  expect(verdictLine(ui, 0, 0).word).toBe('PASS')
})
