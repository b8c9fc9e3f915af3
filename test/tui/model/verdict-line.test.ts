import { expect, test } from 'vitest'
import { transcriptEpoch } from '../../../src/core/transcript/transcript.ts'
import { verdictLine } from '../../../src/tui/model/verdict-line.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const seconds = 1000

function verdict(exchanges = failedLogin(), capture?: string) {
  const { ui } = told(exchanges, capture === undefined ? {} : { capture })
  return verdictLine(ui, transcriptEpoch, transcriptEpoch + 10 * seconds)
}

test('what broke first is the verdict, with who has to act, what was seen and where', () => {
  expect(verdict()).toEqual({
    mark: 'fail',
    word: 'FAIL',
    text: 'The token step broke first: the authorization server has to act.',
    short: 'token: auth server has to act',
    reason: expect.stringMatching(/^The token's aud is "https:\/\/api.example"/),
    exchange: '6',
  })
})

test('who has to act may be likely, or not certain', () => {
  const { ui, model, tell } = told()
  const cause = model.findings.get(model.report!.firstBroken!.finding)!
  const line = () => verdictLine(ui, 0, 0).text
  tell([{ type: 'finding', finding: { ...cause, confidence: 'likely' } }])
  expect(line()).toMatch(/the authorization server has to act, likely\.$/)
  tell([{ type: 'finding', finding: { ...cause, fault: 'undetermined' } }])
  expect(line()).toMatch(/who has to act is not certain\.$/)
})

test('before there is a report, an error is told by its title', () => {
  const { ui, model } = told()
  model.report = undefined
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    word: 'FAIL',
    text: 'The access token is for another audience than this MCP server.',
  })
})

test('while nothing is decided, what comes next is told; of a capture, where it ends', () => {
  const seen = failedLogin().slice(0, 2)
  expect(verdict(seen)).toMatchObject({
    mark: 'partly',
    word: 'WAIT',
    text: expect.stringMatching(/^The client read the resource metadata\. Waiting/),
  })
  expect(verdict(seen, 'x.har')).toMatchObject({
    mark: 'partly',
    word: 'PARTLY',
    text: expect.stringMatching(/the capture ends before the client asks/),
  })
})

test('a capture is being opened, and read', () => {
  expect(verdict([], 'x.har')).toMatchObject({ word: 'READ', text: 'Opening x.har' })
  const { ui } = told()
  ui.state.progress = '3 of 7 exchanges'
  expect(verdictLine(ui, 0, 0)).toMatchObject({ word: 'READ', text: '3 of 7 exchanges' })
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
    text: 'Before, the token step was broken: auth server.',
    exchange: '6',
  })
  expect(line('incomplete')).toMatchObject({ mark: 'blind', word: 'INCOMPLETE' })
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
    text: expect.stringMatching(/^Nothing broken so far: 1 flow, \d+ rules? looked/),
  })
})

test('an error that was mended since is no failure', () => {
  const { ui, model, tell } = told()
  for (const finding of [...model.findings.values()])
    tell([{ type: 'finding', finding: { ...finding, past: true } }])
  model.report = undefined
  expect(verdictLine(ui, 0, 0).word).not.toBe('FAIL')
})
