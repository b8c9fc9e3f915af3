import { expect, test } from 'vitest'
import rule from '../../../rules/bearer/stale-or-expired-token.ts'
import { run } from '../run.ts'

const issue = (at: string, token: string, client = '') => `
# at ${at}${client}
> POST https://as.example/token

grant_type=refresh_token&refresh_token=r0&client_id=app

< HTTP/1.1 200 OK

{"access_token":"${token}","token_type":"Bearer","expires_in":60}
`
const refused = (at: string, token: string) => `
# at ${at}
> POST https://mcp.example/mcp
> authorization: Bearer ${token}

{"jsonrpc":"2.0","id":2,"method":"tools/list"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer error="invalid_token"
`
const one = '${secret at_ one}'
const two = '${secret at_ two}'
const jwt = '${jwt {"exp":1767268800}}'
const three = (token: string) =>
  ['14:00:00', '14:00:10', '14:00:20'].map((at) => refused(at, token)).join('')

test.each([
  ['by the answer that issued it', issue('12:00:00', one) + three(one), 'response.json/expires_in'],
  ['by its own claim', three(jwt), 'request.jwt.exp'],
])('a token that has expired is shown to have, %s', (_, http, place) => {
  const [finding] = run(rule, http).findings
  expect(finding).toMatchObject({ variant: 'expired', severity: 'error' })
  expect(finding?.evidence.map(({ at }) => at)).toContain(place)
})

test('two refusals may be the sign to refresh, and a third is none that leads to a refresh', () => {
  const twice = three(one).split('# at 14:00:20')[0]!
  expect(run(rule, issue('12:00:00', one) + twice).findings).toEqual([])
  const mended = issue('12:00:00', one) + three(one) + issue('14:00:25', two)
  expect(run(rule, mended).findings).toEqual([])
})

test('a token that was replaced is told from one that another process replaced', () => {
  const variant = (client: string) =>
    run(rule, issue('12:00:00', one) + issue('12:01:00', two, client) + refused('12:02:00', one))
      .findings[0]
  expect(variant('')).toMatchObject({ variant: 'superseded', confidence: 'certain' })
  expect(variant(' client=other')).toMatchObject({ variant: 'shared-store', confidence: 'likely' })
})
