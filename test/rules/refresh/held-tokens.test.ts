/** Rules on refresh tokens that a client holds and does not use. */
import { describe, expect, test } from 'vitest'
import discarded from '../../../rules/refresh/token-discarded.ts'
import notAttempted from '../../../rules/refresh/not-attempted.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const login = (members: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app${params}

          < HTTP/1.1 200 OK

          {"token_type":"Bearer",${members}}
`
const refresh = (answer: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app${params}

          ${answer}
`
const token = (name: string) => `"access_token":"\${secret at_ ${name}}"`

const called = `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK
`
const revoked = `
          > POST https://as.example/revoke
          > content-type: application/x-www-form-urlencoded

          token=r1&token_type_hint=refresh_token&client_id=app

          < HTTP/1.1 200 OK
`
const later = (params = '') => `
          # at 23:00:00 handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2${params}
`

describe('refresh/not-attempted', () => {
  const held = (members = '') =>
    `${login(`${token('one')},"expires_in":60,"refresh_token":"r1"${members}`, '&scope=a')}${called}`
  const registered = (grants: string) => `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"],"grant_types":${grants}}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:1/cb"]}
`
  const vain = (seconds: number) => `
          # at 23:00:${seconds}
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"
`
  test.each([
    { name: 'it was revoked, and a person logs in again', http: held() + revoked + later() },
    { name: 'its own life is over', http: held(',"refresh_expires_in":1800') + later() },
    { name: 'a scope is asked for that was not granted', http: held() + later('&scope=a+b') },
    { name: 'the login is to say who the person is', http: held() + later('&scope=a+openid') },
    {
      name: 'the client registered for other grants',
      http: registered('["authorization_code"]') + held() + later(),
    },
    {
      name: 'it was revoked, and the token that is over is sent again and again',
      http: held() + revoked + vain(10) + vain(20) + vain(30),
    },
  ])('says nothing: $name', ({ http }) => {
    expect(run(notAttempted, http).findings).toEqual([])
  })
  testExamples(notAttempted, {
    bad: [
      {
        name: 'the same scope is asked for, with the one that asks for a refresh token',
        http:
          login(
            `${token('one')},"expires_in":60,"refresh_token":"r1","scope":"a"`,
            '&scope=a+offline_access',
          ) +
          called +
          later('&scope=a+offline_access'),
        expect: { severity: 'warning' },
      },
      {
        name: 'a refresh token that lives a day',
        http:
          registered('["authorization_code","refresh_token"]') +
          held(',"refresh_expires_in":86400') +
          later(),
        expect: { severity: 'warning' },
      },
    ],
  })
})

describe('refresh/token-discarded', () => {
  const kept = (members: string) =>
    `${login(`${token('one')},"expires_in":60,"refresh_token":"r1"${members}`)}${called}${refresh(
      `< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer","expires_in":60,${token('two')}}`,
    )}`
  test.each([
    { name: 'it was revoked', http: kept('') + revoked + later() },
    { name: 'its own life is over', http: kept(',"refresh_token_expires_in":1800') + later() },
  ])('says nothing: $name', ({ http }) => {
    expect(run(discarded, http).findings).toEqual([])
  })
  testExamples(discarded, {
    bad: [{ name: 'it has no end', http: kept(',"refresh_expires_in":0') + later() }],
  })
})
