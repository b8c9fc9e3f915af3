/** Rules on scopes, from the challenge to the step-up. */
import { describe } from 'vitest'
import disagree from '../../../rules/scope/documents-disagree.ts'
import less from '../../../rules/scope/granted-less-than-required.ts'
import unsignalled from '../../../rules/scope/insufficient-scope-unsignalled.ts'
import malformed from '../../../rules/scope/malformed.ts'
import selection from '../../../rules/scope/selection-ignored.ts'
import ownScope from '../../../rules/scope/server-refuses-own-scope.ts'
import loop from '../../../rules/scope/step-up-loop.ts'
import mishandled from '../../../rules/scope/step-up-mishandled.ts'
import { testExamples } from '../examples.ts'

const listing = (scopes: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","scopes_supported":${scopes}}
`
const challenged = (scope: string) => `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="${scope}"
`
const asks = (scope: string | undefined, answer = '< HTTP/1.1 200 OK') => `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s${scope === undefined ? '' : `&scope=${encodeURIComponent(scope)}`}

          ${answer}
`
const invalidScope =
  '< HTTP/1.1 302 Found\n          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s'
const token = (name: string, scope: string, members = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c${name}&client_id=app&scope=${encodeURIComponent(scope)}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ ${name}}","token_type":"Bearer"${members}}
`
const call = (name: string, answer: string, tool = 'write') => `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ ${name}}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}"}}

          ${answer}
`
const lacks = (scope: string) =>
  `< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer error="insufficient_scope", scope="${scope}"`
const fine = '< HTTP/1.1 200 OK\n\n          {"jsonrpc":"2.0","id":1,"result":{}}'

describe('scope/server-refuses-own-scope', () => {
  testExamples(ownScope, {
    good: [
      {
        name: 'of two scopes the one that is not listed is named in the refusal',
        http: `${listing('["mcp"]')}${asks('mcp x', invalidScope.replace('&state', '&error_description=x&state'))}`,
      },
    ],
    bad: [
      {
        name: 'a registration is refused for a scope that is listed',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"registration_endpoint":"https://as.example/register","scopes_supported":["mcp"]}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"],"scope":"mcp"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_client_metadata","error_description":"scope mcp is not allowed"}`,
        expect: { severity: 'error', fault: 'authorization-server' },
      },
    ],
  })
})

describe('scope/documents-disagree', () => {
  testExamples(disagree, {
    good: [
      {
        name: 'another scope is refused',
        http: `${challenged('mcp')}${listing('["mcp"]')}${asks('mcp x', invalidScope)}`,
      },
      {
        name: 'offline_access and openid are no scopes of a resource',
        http: `${challenged('mcp openid offline_access')}${listing('["mcp"]')}${asks('mcp offline_access', invalidScope)}`,
      },
    ],
    bad: [
      {
        name: 'the scope is left out of the grant',
        http: `${challenged('mcp')}${listing('["openid"]')}${token('one', 'mcp openid', ',"scope":"openid"')}`,
        expect: { severity: 'warning', fault: 'resource-server' },
      },
    ],
  })
})

describe('scope/selection-ignored', () => {
  testExamples(selection, {
    good: [
      {
        name: 'the scopes of the API under its name',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('api://app/mcp')}`,
      },
    ],
    bad: [
      {
        name: 'scopes of the resource metadata, of which the client asks for none',
        revision: '2025-11-25',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp"]}
${asks(undefined)}`,
        expect: { variant: 'resource-metadata-ignored', severity: 'info' },
      },
      {
        name: 'the challenge is not heeded, and nothing comes of it',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('other')}${token('one', 'other')}${call('one', fine)}`,
        expect: { variant: 'challenge-ignored', severity: 'info' },
      },
      {
        name: 'the challenge is not heeded, and the call is refused for it',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('other')}${token('one', 'other')}${call('one', lacks('mcp'))}`,
        expect: { variant: 'challenge-ignored', severity: 'error' },
      },
      {
        name: 'all that the authorization server lists',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${listing('["mcp","admin","billing"]')}${asks('mcp admin billing')}`,
        expect: { variant: 'taken-from-server-metadata', severity: 'info' },
      },
    ],
  })
})

describe('scope/malformed', () => {
  testExamples(malformed, {
    bad: [
      {
        name: 'values that are known, with commas between them',
        http: `${listing('["read","write"]')}${asks('read,write')}`,
        expect: { variant: 'comma-separated', severity: 'warning', fault: 'client' },
      },
      {
        name: 'a list as text',
        http: asks('["read"]'),
        expect: { variant: 'json-array', severity: 'warning', fault: 'client' },
      },
      {
        name: 'a list in the token response',
        http: token('one', 'read', ',"scope":["read"]'),
        expect: { variant: 'json-array', severity: 'warning', fault: 'authorization-server' },
      },
      {
        name: 'a space at the end of the token response',
        http: token('one', 'read', ',"scope":"read "'),
        expect: { variant: 'extra-space', severity: 'info', fault: 'authorization-server' },
      },
      {
        name: 'quotation marks',
        http: asks('"read"'),
        expect: { variant: 'illegal-character', severity: 'warning' },
      },
    ],
  })
})

describe('scope/insufficient-scope-unsignalled', () => {
  testExamples(unsignalled, {
    good: [
      {
        name: 'a role is missing, which no scope brings',
        http: `${call('one', lacks('write'), 'other')}${call('one', '< HTTP/1.1 403 Forbidden\n\n          {"message":"You do not have the required role"}')}`,
      },
    ],
    bad: [
      {
        name: 'a challenge without an error',
        http: call(
          'one',
          '< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer scope="write"',
        ),
        expect: { variant: 'missing-error', severity: 'error' },
      },
      {
        name: 'an error of a tool that names the code',
        http: call(
          'one',
          '< HTTP/1.1 200 OK\n\n          {"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"insufficient_scope: write"}]}}',
        ),
        expect: { variant: 'hidden-in-200', severity: 'warning' },
      },
      {
        name: 'one scope after the other',
        http: `${call('one', lacks('read'))}${token('two', 'read')}${call('two', lacks('write'))}`,
        expect: { variant: 'incremental', severity: 'warning' },
      },
      {
        name: 'the scopes are not named, and the client finds them all the same',
        http: `${call('one', '< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer error="insufficient_scope"')}${call('two', fine)}`,
        expect: { variant: 'missing-scope', severity: 'warning' },
      },
    ],
  })
})

describe('scope/step-up-mishandled', () => {
  testExamples(mishandled, {
    good: [
      {
        name: 'the client goes on with other calls',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${call('one', fine, 'read')}`,
      },
    ],
    bad: [
      {
        name: 'a refresh, which brings no new scope',
        http: `${asks('read')}${token('one', 'read', ',"refresh_token":"r1"')}${call('one', lacks('write'))}
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer","refresh_token":"r2"}
${call('two', lacks('write'))}`,
        expect: { variant: 'refresh-used' },
      },
      {
        name: 'the scopes that were there before are given up',
        revision: '2026-07-28',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${asks('write')}`,
        expect: { variant: 'prior-scopes-dropped', severity: 'warning' },
      },
    ],
  })
})

describe('scope/step-up-loop', () => {
  testExamples(loop, {
    bad: [
      {
        name: 'twice for a scope that was granted',
        http: ['one', 'two']
          .map((name) => `${token(name, 'write', ',"scope":"write"')}${call(name, lacks('write'))}`)
          .join(''),
        expect: { fault: 'resource-server' },
      },
    ],
  })
})

describe('scope/granted-less-than-required', () => {
  testExamples(less, {
    good: [
      {
        name: 'scopes of the login, and the name of the API before a scope',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&scope=openid+offline_access+api%3A%2F%2Fapp%2Fread

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"scp":"read"}}","token_type":"Bearer"}`,
      },
      {
        name: 'less is granted, said so, and enough',
        http: `${token('one', 'read write', ',"scope":"read"')}${call('one', fine)}`,
      },
    ],
  })
})
