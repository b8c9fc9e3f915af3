import rule from '../../../rules/bearer/fresh-token-rejected.ts'
import { expect, test } from 'vitest'
import { loadRules } from '../../../src/rules.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { Session } from '../../../src/core/session.ts'
import { testExamples } from '../examples.ts'

const { rules } = await loadRules([])

function report(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** Two refreshes with one refresh token, a third token by code, and a call with one of the new tokens that is refused. */
function afterReuse(presented: string): string {
  const refresh = (at: string, answer: string) => `
    # at ${at}
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=refresh_token&refresh_token=r1&client_id=app

    ${answer}
`
  return `${refresh('12:00:00.000 until=12:00:00.200', '< HTTP/1.1 200 OK\n\n    {"access_token":"${secret at_ two}","token_type":"Bearer","refresh_token":"r2"}')}
    ${refresh('12:00:00.100 until=12:00:00.300', '< HTTP/1.1 400 Bad Request\n\n    {"error":"invalid_grant"}')}

    > POST https://as.example/token

    grant_type=authorization_code&code=c1&client_id=app

    < HTTP/1.1 200 OK

    {"access_token":"\${secret at_ three}","token_type":"Bearer"}

    > POST https://mcp.example/mcp
    > authorization: Bearer \${secret ${presented}}

    {"jsonrpc":"2.0","id":1,"method":"initialize"}

    < HTTP/1.1 401 Unauthorized
    < www-authenticate: Bearer error="invalid_token"`
}

testExamples(rule, {
  good: [
    {
      name: 'the token lives for a second, and is used after two',
      http: `
        # at 12:00:00.000
        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":1}

        # at 12:00:02.000
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
    },
  ],
  bad: [
    {
      name: 'the audience is the published one, and the server objects to it',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token", error_description="invalid audience"`,
      expect: { variant: 'audience-as-published', fault: 'resource-server' },
    },
    {
      name: 'refused at first, and accepted a moment later',
      http: `
        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
      expect: { severity: 'warning', fault: 'undetermined' },
    },
    {
      name: 'its refresh token was used twice at once, so the server may have revoked the login',
      http: afterReuse('at_ two'),
      expect: { variant: 'after-reuse', severity: 'error', fault: 'undetermined' },
    },
  ],
})

test('what a refresh token that was used twice has cost follows from that', () => {
  const { findings, firstBroken } = report(afterReuse('at_ two'))
  const reuse = findings.find((one) => one.rule === 'refresh/rotated-token-reused')
  const refusal = findings.find((one) => one.rule === rule.id)
  expect(refusal?.causedBy).toBe(reuse?.id)
  expect(firstBroken?.finding).toBe(reuse?.id)
})

test('a token of another login is not refused for that', () => {
  const { findings } = report(afterReuse('at_ three'))
  const refusal = findings.find((one) => one.rule === rule.id)
  expect(refusal?.variant).toBeUndefined()
  expect(refusal?.causedBy).toBeNull()
})
