import { expect, test } from 'vitest'
import rule from '../../../rules/scope/granted-scope-denied.ts'
import { run } from '../run.ts'

const issue = (token: string, members = '', params = '') => `
> POST https://as.example/token

grant_type=authorization_code&code=c1${params}

< HTTP/1.1 200 OK

{"access_token":"${token}","token_type":"Bearer"${members}}
`
const denied = (token: string) => `
> POST https://mcp.example/mcp
> authorization: Bearer ${token}

{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

< HTTP/1.1 403 Forbidden
< www-authenticate: Bearer error="insufficient_scope", scope="write"
`
const opaque = '${secret at_ one}'
const scp = '${jwt {"scp":["write"]}}'
const scope = '${jwt {"scope":"write"}}'

test.each([
  [
    'in the answer that issued it',
    issue(opaque, ',"scope":"write"') + denied(opaque),
    'response.json/scope',
  ],
  [
    'in the request that was granted',
    issue(opaque, '', '&scope=write') + denied(opaque),
    'request.form.scope',
  ],
  ['in a list', denied(scp), 'request.jwt.scp'],
  ['in a text', denied(scope), 'request.jwt.scope'],
])('the scopes of the token are shown where they stand: %s', (_, http, place) => {
  const [finding] = run(rule, http).findings
  expect(finding?.evidence.map(({ at }) => at)).toContain(place)
})

test('nobody knows what a token carries that says nothing', () => {
  expect(run(rule, issue(opaque) + denied(opaque)).outcome).toBe('silent')
})
