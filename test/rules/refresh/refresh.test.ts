/** Rules on what is asked for and given when a token is refreshed. */
import { describe } from 'vitest'
import inconsistent from '../../../rules/audience/resource-param-inconsistent.ts'
import misplaced from '../../../rules/refresh/offline-access-misplaced.ts'
import notRotated from '../../../rules/refresh/not-rotated.ts'
import none from '../../../rules/refresh/none-issued.ts'
import reused from '../../../rules/refresh/rotated-token-reused.ts'
import widened from '../../../rules/refresh/request-widened.ts'
import { testExamples } from '../examples.ts'

const server = (members: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example",${members}}
`
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
const renewed = (members: string) =>
  `< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer","refresh_token":"r2",${members}}`
const refused = (error: string) => `< HTTP/1.1 400 Bad Request\n\n          {"error":"${error}"}`
const jwt = (claims: string) => `"access_token":"\${jwt {${claims}}}"`
const token = (name: string) => `"access_token":"\${secret at_ ${name}}"`

describe('refresh/request-widened', () => {
  testExamples(widened, {
    good: [
      {
        name: 'one audience more, and the same among them',
        http: `${login(`${jwt('"aud":"a"')},"refresh_token":"r1"`)}${refresh(renewed(jwt('"aud":["b","a"]')))}`,
      },
      {
        name: 'without resource, which is the mistake of the request',
        http: `${login(`${jwt('"aud":"a"')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}${refresh(renewed(jwt('"aud":"b"')))}`,
      },
      {
        name: 'a token exchange for another server stands between',
        http: `${login(`${token('one')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=app&resource=https%3A%2F%2Fapi.example

          < HTTP/1.1 200 OK

          {"token_type":"Bearer",${token('exchanged')}}
${refresh(renewed(token('two')), '&resource=https%3A%2F%2Fmcp.example')}`,
      },
      {
        name: 'fewer scopes, and the response says so',
        http: `${login(`${jwt('"scope":"a b"')},"refresh_token":"r1"`)}${refresh(renewed(`${jwt('"scope":"a"')},"scope":"a"`))}`,
      },
    ],
    bad: [
      {
        name: 'another resource',
        http: `${login(`${token('one')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}${refresh(refused('invalid_target'), '&resource=https%3A%2F%2Fother.example')}`,
        expect: { variant: 'resource-changed', severity: 'error', fault: 'client' },
      },
      {
        name: 'another resource than the authorization request, the only one to name any',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&resource=https%3A%2F%2Fmcp.example

          < HTTP/1.1 200 OK

          ${login(`${token('one')},"refresh_token":"r1"`)}${refresh(refused('invalid_target'), '&resource=https%3A%2F%2Fother.example')}`,
        expect: { variant: 'resource-changed', severity: 'error', fault: 'client' },
      },
      {
        name: 'the resource of the login before this one',
        http: `${login(`${token('one')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fother.example')}${login(`${token('two')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}${refresh(refused('invalid_target'), '&resource=https%3A%2F%2Fother.example')}`,
        expect: { variant: 'resource-changed', severity: 'error', fault: 'client' },
      },
      {
        name: 'a scope that was not granted, and is given all the same',
        http: `${login(`${token('one')},"refresh_token":"r1","scope":"a"`)}${refresh(renewed(token('two')), '&scope=a+b')}`,
        expect: { variant: 'scope-widened', severity: 'warning', fault: 'client' },
      },
      {
        name: 'fewer scopes, in silence',
        http: `${login(`${jwt('"scope":"a b"')},"refresh_token":"r1"`)}${refresh(renewed(jwt('"scope":"a"')))}`,
        expect: { variant: 'scope-shrunk', severity: 'warning', fault: 'authorization-server' },
      },
    ],
  })
})

describe('refresh/offline-access-misplaced', () => {
  const asks = (answer: string) => `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&scope=mcp%20offline_access

          ${answer}
`
  const denied =
    '< HTTP/1.1 302 Found\n          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s1'
  const challenge = `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp offline_access"
`
  testExamples(misplaced, {
    good: [
      {
        name: 'not listed, and a refresh token comes of it',
        http: `${server('"scopes_supported":["mcp"]')}${asks('< HTTP/1.1 200 OK')}${login(`${token('one')},"refresh_token":"r1"`)}`,
      },
    ],
    bad: [
      {
        name: 'the challenge names it, and the authorization server refuses it',
        http: `${challenge}${server('"scopes_supported":["mcp"]')}${asks(denied)}`,
        expect: { variant: 'advertised-by-resource', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'the challenge names it, under a revision that says nothing of it',
        revision: '2025-11-25',
        http: challenge,
        expect: { variant: 'advertised-by-resource', severity: 'info' },
      },
      {
        name: 'asked for and not offered, and not refused either',
        revision: '2026-07-28',
        http: `${server('"scopes_supported":["mcp"]')}${asks('< HTTP/1.1 200 OK')}`,
        expect: { variant: 'unsupported-by-as', severity: 'warning', fault: 'client' },
      },
    ],
  })
})

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

describe('audience/resource-param-inconsistent', () => {
  testExamples(inconsistent, {
    good: [
      {
        name: 'the refresh of the second login names what that one did',
        http: `${login(`${token('one')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example%2F')}${login(`${token('two')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}${refresh(renewed(token('three')), '&resource=https%3A%2F%2Fmcp.example')}`,
        revision: '2025-11-25',
      },
    ],
    bad: [
      {
        name: 'the login was out of sight, and the second refresh names another than the first',
        http: `${refresh(renewed(token('one')), '&resource=https%3A%2F%2Fmcp.example')}${refresh(renewed(token('two')), '&resource=https%3A%2F%2Fmcp.example%2F')}`,
        revision: '2025-11-25',
        expect: { variant: 'refresh-leg', severity: 'warning' },
      },
    ],
  })
})

describe('refresh/not-rotated', () => {
  testExamples(notRotated, {
    good: [
      {
        name: 'a repeated answer right after a rotation',
        http:
          refresh(renewed(token('one'))) +
          refresh(`< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer",${token('two')}}`),
      },
    ],
  })
})

describe('refresh/rotated-token-reused', () => {
  testExamples(reused, {
    bad: [
      {
        name: 'and the server is out of order at the second use',
        http: `${refresh(renewed(token('one')))}${refresh('< HTTP/1.1 502 Bad Gateway\n\n          {}')}`,
        expect: { variant: 'concurrent', severity: 'info' },
      },
    ],
  })
})
