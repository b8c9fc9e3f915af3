import { describe, expect, test } from 'vitest'
import { parseTranscript, transcriptEpoch } from '../../../src/core/transcript/transcript.ts'
import { verdictLine, waitingFor } from '../../../src/tui/model/waiting.ts'
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

test('who has to act may be likely, or not decided', () => {
  const { ui, model, tell } = told()
  const cause = model.findings.get(model.report!.firstBroken!.finding)!
  const line = () => verdictLine(ui, 0, 0).text
  tell([{ type: 'finding', finding: { ...cause, confidence: 'likely' } }])
  expect(line()).toMatch(/the authorization server has to act, likely\.$/)
  tell([{ type: 'finding', finding: { ...cause, fault: 'undetermined' } }])
  expect(line()).toMatch(/it is not decided who has to act\.$/)
})

test('before there is a report, an error is told by its title', () => {
  const { ui, model } = told()
  model.report = undefined
  expect(verdictLine(ui, 0, 0)).toMatchObject({
    word: 'FAIL',
    text: 'The access token is for another audience than this MCP server.',
  })
})

describe('a login that goes on waits for what comes next', () => {
  test.each([
    [1, 'The server asked for a login (401).', 'the client looks for the metadata'],
    [2, 'The client read the resource metadata.', 'the client asks the authorization server'],
    [3, 'The client knows the authorization server.', 'the client registers or opens'],
    [4, 'The client is registered.', 'the client opens the browser'],
    [5, 'Waiting for you to log in and agree in the browser.', 'the login in the browser comes'],
  ])('after %i exchanges', (count, waits, ends) => {
    const seen = failedLogin().slice(0, count)
    expect(verdict(seen)).toMatchObject({
      word: 'WAIT',
      text: expect.stringContaining(waits),
    })
    expect(verdict(seen, 'x.har')).toMatchObject({
      word: 'PARTLY',
      text: expect.stringContaining(`the capture ends before ${ends}`),
    })
  })

  test('after a token request that was refused, for what the client does then', () => {
    const [token] = parseTranscript(`
> POST https://login.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=x

< HTTP/1.1 400 Bad Request
< content-type: application/json

{"error":"invalid_grant"}
`)
    const seen = [...failedLogin().slice(0, 5), { ...token!, id: '6' }]
    expect(verdict(seen).text).toBe(
      'The token request failed. Waiting for what the client does next.',
    )
    expect(verdict(seen, 'x.har').text).toMatch(/^Nothing else broke than the token request/)
  })
})

describe('without a client', () => {
  test.each([
    [0, 'Waiting for the client to connect.'],
    [44, 'Waiting for the client to connect.'],
    [50, 'No client has come for 45 seconds.'],
    [60, 'No client has come for 1 minute.'],
    [190, 'No client has come for 3 minutes.'],
  ])('after %i seconds: %s', (waited, text) => {
    expect(waitingFor(told([]).model, 0, waited * seconds)).toContain(text)
  })

  test('a capture is being opened', () => {
    expect(verdict([], 'x.har')).toMatchObject({ word: 'READ', text: 'Opening x.har' })
  })
})

test('a server that answers without a token has no login', () => {
  const open = parseTranscript(`
> POST https://mcp.example/mcp
> content-type: application/json

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

< HTTP/1.1 200 OK
< content-type: application/json

{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}
`)
  expect(verdict(open).text).toMatch(/^The server answers without a login\./)
  expect(verdict(open, 'x.har').text).toMatch(/^The server answers without a login\./)
})
