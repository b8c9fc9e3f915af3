import { describe } from 'vitest'
import none from '../../../rules/refresh/none-issued.ts'
import { testExamples } from '../examples.ts'
import { login, server, token } from './logins.ts'

describe('refresh/none-issued', () => {
  const expired = `
          # at 23:00:00
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"
`
  const registered = (grants: string) => `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"]${grants}}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:1/cb"]}
`
  testExamples(none, {
    good: [
      {
        name: 'refused before it has ended',
        http: `${login(`${token('one')},"expires_in":36000`)}${expired.replace('23:00:00', '12:01:00')}`,
      },
    ],
    bad: [
      {
        name: 'the grant is not registered for',
        http: `${registered('')}${login(`${token('one')},"expires_in":3600`)}${expired}`,
        expect: { variant: 'grant-not-declared', severity: 'info', fault: 'client' },
      },
      {
        name: 'the server does not list the grant',
        http: `${server('"grant_types_supported":["authorization_code"]')}${login(`${token('one')},"expires_in":3600`)}${expired}`,
        expect: { variant: 'not-supported', severity: 'info', fault: 'authorization-server' },
      },
      {
        name: 'the server lists the grant, and the client registered for it',
        http: `${server('"grant_types_supported":["authorization_code","refresh_token"]')}${registered(',"grant_types":["authorization_code","refresh_token"]')}${login(`${token('one')},"expires_in":3599`)}${expired.replace('23:00', '13:10')}`,
        expect: { variant: 'advertised', severity: 'warning', fault: 'authorization-server' },
      },
      {
        name: 'the same, and the server registers the client without it',
        http: `${server('"grant_types_supported":["authorization_code","refresh_token"]')}${registered(',"grant_types":["authorization_code","refresh_token"]').replace('"client_id":"app"', '"client_id":"app","grant_types":["authorization_code"]')}${login(`${token('one')},"expires_in":3599`)}${expired.replace('23:00', '13:10')}`,
        expect: { variant: 'policy', severity: 'info', fault: 'authorization-server' },
      },
      {
        name: 'the same, and nobody comes back before night',
        http: `${server('"grant_types_supported":["authorization_code","refresh_token"]')}${registered(',"grant_types":["authorization_code","refresh_token"]')}${login(`${token('one')},"expires_in":3599`)}${expired}`,
        expect: { variant: 'advertised', severity: 'info', fault: 'authorization-server' },
      },
      {
        name: 'the same of a token that lives long',
        http: `${server('"grant_types_supported":["authorization_code","refresh_token"]')}${registered(',"grant_types":["authorization_code","refresh_token"]')}${login(`${token('one')},"expires_in":28800`)}${expired}`,
        expect: { variant: 'advertised', severity: 'info' },
      },
      {
        name: 'a token that lives long',
        http: `${login(`${token('one')},"expires_in":28800`)}${expired}`,
        expect: { variant: 'policy', severity: 'info' },
      },
    ],
  })
})
