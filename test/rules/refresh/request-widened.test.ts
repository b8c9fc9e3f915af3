import { describe } from 'vitest'
import widened from '../../../rules/refresh/request-widened.ts'
import { testExamples } from '../examples.ts'
import { login, refresh, renewed, token } from './logins.ts'

const refused = (error: string) => `< HTTP/1.1 400 Bad Request\n\n          {"error":"${error}"}`

const jwt = (claims: string) => `"access_token":"\${jwt {${claims}}}"`

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
