import { expect, test } from 'vitest'
import rule from '../../../rules/bearer/missing.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { anyRule, run as runRule } from '../run.ts'
import { testExamples } from '../examples.ts'

const opening = `
# connection=one
> POST https://mcp.example/mcp

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer

> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK

{"access_token":"\${secret at_ one}","token_type":"Bearer","expires_in":300}
`

/** An MCP call; `about` and `fields` as a transcript has them, the answer 401 unless given. */
function call(
  about: string,
  fields = '',
  answer = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer',
) {
  const lines = [`# ${about}`, '> POST https://mcp.example/mcp', ...(fields === '' ? [] : [fields])]
  return `\n${lines.join('\n')}\n\n{"jsonrpc":"2.0","id":2,"method":"initialize"}\n\n${answer}\n`
}

function run(http: string) {
  return runRule(rule, http)
}

test('a client that opens a new connection for the request it forgets the token in is still found', () => {
  const { outcome, findings } = run(opening + call('connection=two'))
  expect(outcome).toBe('fail')
  expect(findings).toHaveLength(1)
  expect(findings[0]!.message).toContain('https://mcp.example/mcp')
})

test('all forgetful requests are one finding', () => {
  const { findings } = run(opening + call('connection=two') + call('connection=two'))
  expect(findings).toHaveLength(1)
  expect(
    findings[0]!.evidence.filter(({ at }) => at === 'request.header.authorization'),
  ).toHaveLength(2)
})

test('a request that overtook the token response proves nothing', () => {
  expect(run(opening + call('at 12:00:02.050')).outcome).toBe('silent')
})

test('a token that had expired need not be sent', () => {
  expect(run(opening + call('at 12:10:00')).outcome).toBe('silent')
})

test('a server that answers everybody is no reason for an alarm', () => {
  expect(run(opening + call('connection=two', '', '< HTTP/1.1 200 OK')).outcome).toBe('silent')
})

test('a capture without Authorization fields is blind, not a proof', () => {
  expect(run(opening + call('connection=two missing=authorization')).outcome).toBe('blind')
})

test('a token sent on other requests leaves the case to another rule', () => {
  const sent = call(
    'connection=two',
    '> authorization: Bearer ${secret at_ one}',
    '< HTTP/1.1 200 OK',
  )
  expect(run(opening + sent + call('connection=two')).outcome).toBe('pass')
})

test('live, the first request of a new connection gets the benefit of the doubt', () => {
  const session = new Session({
    rules: [anyRule(rule)],
    tool: { name: 'authtap', version: '0', rules: '' },
  })
  const exchanges = parseTranscript(opening + call('at 12:00:03 connection=two'))
  for (const exchange of exchanges) session.ingest(exchange)
  session.judge()
  expect(session.report().findings).toEqual([])
  session.advance(exchanges[0]!.startedAt + 60_000)
  expect(session.report().findings).toHaveLength(1)
})

testExamples(rule, {
  good: [
    {
      name: 'a new connection may be opened without it, when the token follows the challenge',
      http: `
        > POST https://as.example/token

        grant_type=refresh_token&refresh_token=r1&client_id=app

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_ one}","token_type":"Bearer"}

        # connection=second
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        # connection=second
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_ one}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK`,
    },
  ],
  bad: [
    {
      name: 'a session id is no substitute, and the server says so with 200',
      http: `
        > POST https://as.example/token

        grant_type=client_credentials&client_id=app

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_ one}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > mcp-session-id: 7

        {"jsonrpc":"2.0","id":2,"method":"tools/list"}

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"jsonrpc":"2.0","id":2,"error":{"code":-32001,"message":"Missing Authorization header"}}`,
    },
  ],
})
