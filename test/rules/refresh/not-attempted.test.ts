import { describe, expect, test } from 'vitest'
import rule from '../../../rules/refresh/not-attempted.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { called, later, login, revoked, token } from './held-tokens.ts'

testExamples(rule, {
  bad: [
    {
      name: 'an hour later the user has to log in again',
      http: `
          # at 12:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          # at 13:00:00.000 handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
    },
  ],
})

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
      name: 'it was the session that was refused, before the token was over',
      http:
        held().replace('"expires_in":60', '"expires_in":86400') +
        vain(10).replace(
          '"invalid_token"',
          '"invalid_token", error_description="No valid session ID"',
        ) +
        later(),
    },
    {
      name: 'it was revoked, and the token that is over is sent again and again',
      http: held() + revoked + vain(10) + vain(20) + vain(30),
    },
  ])('says nothing: $name', ({ http }) => {
    expect(run(rule, http).findings).toEqual([])
  })
  testExamples(rule, {
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
