import { describe, expect, test } from 'vitest'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { endsBefore, waitingFor } from '../../../src/tui/model/waiting.ts'
import { failedLogin, unanswered } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const seconds = 1000

/** What is waited for, and what a capture says that holds no more than this. */
function after(exchanges: readonly Exchange[]) {
  const { model } = told([...exchanges])
  return { waits: waitingFor(model, 0, 10 * seconds), ends: endsBefore(model) }
}

describe('a login that goes on waits for what comes next', () => {
  test.each([
    [1, 'The server asked for a login (401).', 'the client asks for the metadata'],
    [2, 'The client read the resource metadata.', 'the client asks the authorization server'],
    [3, 'The client knows the authorization server.', 'the client registers or opens'],
    [4, 'The client is registered.', 'the client opens the browser'],
    [
      5,
      'Waiting for you to log in and agree in the browser.',
      'the browser comes back from the login',
    ],
  ])('after %i exchanges', (count, waits, ends) => {
    expect(after(failedLogin().slice(0, count))).toEqual({
      waits: expect.stringContaining(waits),
      ends: expect.stringContaining(`the capture ends before ${ends}`),
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
    expect(after(seen)).toEqual({
      waits: 'The token request failed. Waiting for the next step of the client.',
      ends: expect.stringMatching(/^The token request failed, and the capture ends there/),
    })
  })
})

test('a client that has a token and was refused after it is not said to be about to call', () => {
  const [first, , , , , token] = failedLogin()
  const later = { ...first!, id: '9', startedAt: token!.startedAt + 1000 }
  const { model } = told([first!, token!, later])
  expect(waitingFor(model, 0, 10 * seconds)).toBe(
    'The client has a token, and #9 was refused after it (401). Waiting for a call that it lets in.',
  )
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
  const said = expect.stringMatching(/^The server answers without a login\./)
  expect(after(open)).toEqual({ waits: said, ends: said })
})

test('a server that is silent is named, with what it was asked and for how long', () => {
  const [first, second] = failedLogin()
  const { model, take } = told([unanswered(first!)])
  const at = (at: number) => waitingFor(model, 0, first!.startedAt + at)
  expect(at(21_400)).toBe('The client is connected · #1 initialize unanswered for 21 seconds')
  expect(at(900)).not.toContain('unanswered')
  take(first!, unanswered(second!))
  const { startedAt } = second!
  expect(waitingFor(model, 0, startedAt + 3000)).toBe(
    'The MCP server is silent · #2 resource metadata /.well-known/oauth-protected-resource/mcp unanswered for 3 seconds',
  )
})
