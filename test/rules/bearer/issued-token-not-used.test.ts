import { expect, test } from 'vitest'
import rule from '../../../rules/bearer/issued-token-not-used.ts'
import { run } from '../run.ts'

function call(at: string, answer: string): string {
  return `
# at ${at}
> POST https://mcp.example/mcp
> authorization: Bearer \${secret static_}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

< HTTP/1.1 ${answer}
`
}

function token(grant: string): string {
  return `
# at 12:01:00 until=12:01:02
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${grant}&client_id=app

< HTTP/1.1 200 OK

{"access_token":"\${secret at_}","token_type":"Bearer"}
`
}

const ok = '200 OK\n\n{"jsonrpc":"2.0","id":1,"result":{}}'
const refresh = token('grant_type=refresh_token&refresh_token=r1')
const login = token('grant_type=authorization_code&code=c1')

test.each([
  ['the token before a refresh serves to its end', refresh + call('12:05:00', ok), []],
  ['a call was under way when the token came', login + call('12:01:01', ok), []],
  ['a configured one goes on after a login', login + call('12:05:00', ok), ['warning']],
  ['the old one is refused', refresh + call('12:05:00', '401 Unauthorized'), ['error']],
])('%s', (_, http, severities) => {
  const { findings } = run(rule, call('12:00:00', ok) + http)
  expect(findings.map(({ severity }) => severity)).toEqual(severities)
})
