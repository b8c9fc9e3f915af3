/** Rules on registrations, and on the id that comes of one. */
import applicationType from '../../../rules/registration/application-type-mismatch.ts'
import otherServer from '../../../rules/registration/credentials-used-at-other-as.ts'
import clientId from '../../../rules/registration/client-id-mismatch.ts'
import unsafe from '../../../rules/registration/redirect-uri-unsafe.ts'
import repeated from '../../../rules/registration/repeated.ts'
import incomplete from '../../../rules/registration/request-incomplete.ts'
import { describe } from 'vitest'
import { testExamples } from '../examples.ts'

/** A registration with this body, and what is answered. */
function registration(sent: string, answer = '< HTTP/1.1 201 Created', received = ''): string {
  return `
          > POST https://as.example/register
          > content-type: application/json

          ${sent}

          ${answer}

          ${received === '' ? '{"client_id":"app"}' : received}
`
}

const refused = '< HTTP/1.1 400 Bad Request'
const badUri = '{"error":"invalid_redirect_uri"}'

describe('registration/redirect-uri-unsafe', () => {
  testExamples(unsafe, {
    good: [
      {
        name: 'a path in which an asterisk is one letter of many',
        http: registration('{"redirect_uris":["https://app.example/a*b"]}'),
      },
    ],
    bad: [
      {
        name: 'the scheme of an editor, which the server takes',
        http: registration('{"redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback"]}'),
        expect: { variant: 'custom-scheme', severity: 'info' },
      },
      {
        name: 'a fragment',
        http: registration('{"redirect_uris":["https://app.example/cb#x"]}'),
        expect: { variant: 'fragment' },
      },
      {
        name: 'a wildcard',
        http: registration('{"redirect_uris":["https://*.app.example/cb"]}', refused, badUri),
        expect: { variant: 'wildcard', severity: 'error' },
      },
      {
        name: 'a path alone',
        http: registration('{"redirect_uris":["/cb"]}'),
        expect: { variant: 'relative' },
      },
      {
        name: 'plain http in the authorization request of a client that was registered by hand',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2Fapp.example%2Fcb

          < HTTP/1.1 200 OK`,
        expect: { variant: 'http-public', severity: 'warning' },
      },
    ],
  })
})

describe('registration/request-incomplete', () => {
  testExamples(incomplete, {
    good: [
      {
        name: 'a client for machines, which is never called back',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_basic"}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
      },
      {
        name: 'a software statement holds the rest',
        http: registration(
          '{"software_statement":"${jwt {"redirect_uris":["https://a.example"]}}"}',
        ),
      },
    ],
    bad: [
      {
        name: 'scopes in a list',
        http: registration('{"redirect_uris":["https://app.example/cb"],"scope":["a","b"]}'),
        expect: { variant: 'scope-not-string', severity: 'error' },
      },
      {
        name: 'nothing at all, before a second request that is complete',
        http: `${registration('{"client_name":"app"}', refused, badUri)}
          \${opening only registration}`,
        expect: { variant: 'redirect-uris-missing', severity: 'warning' },
      },
    ],
  })
})

describe('registration/application-type-mismatch', () => {
  testExamples(applicationType, {
    good: [
      {
        name: 'no application_type, before it was asked for',
        revision: '2025-11-25',
        http: '${opening only registration}',
      },
      {
        name: 'a native application with https links, which are legal',
        http: registration(
          '{"application_type":"native","redirect_uris":["https://app.example/cb"]}',
        ),
      },
      {
        name: 'a web application with one redirect URI for tests beside it',
        http: registration(
          '{"application_type":"web","redirect_uris":["https://app.example/cb","http://127.0.0.1/cb"]}',
        ),
      },
    ],
    bad: [
      {
        name: 'a native application with https links, refused for them',
        http: registration(
          '{"application_type":"native","redirect_uris":["https://app.example/cb"]}',
          refused,
          badUri,
        ),
        expect: { variant: 'native-with-https', severity: 'error' },
      },
      {
        name: 'a type that there is not',
        http: registration(
          '{"application_type":"desktop","redirect_uris":["http://127.0.0.1/cb"]}',
        ),
        expect: { variant: 'invalid-value', severity: 'warning' },
      },
    ],
  })
})

describe('registration/repeated', () => {
  const one = (id: string) =>
    registration(
      '{"client_name":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}',
      undefined,
      `{"client_id":"${id}"}`,
    )
  testExamples(repeated, {
    good: [
      { name: 'two that race', http: `${one('a')}${one('b')}` },
      {
        name: 'other ports, for a server that compares them',
        http: ['5001', '5002', '5003'].map((port) => one(port).replace('5000', port)).join('\n'),
      },
    ],
  })
})

describe('registration/client-id-mismatch', () => {
  testExamples(clientId, {
    bad: [
      {
        name: 'the request is pushed as one client, and the browser sent as another',
        http: `
          > POST https://as.example/par
          > content-type: application/x-www-form-urlencoded

          response_type=code&client_id=one&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

          < HTTP/1.1 201 Created

          {"request_uri":"urn:example:1","expires_in":60}

          > GET https://as.example/authorize?client_id=two&request_uri=urn%3Aexample%3A1

          < HTTP/1.1 400 Bad Request`,
        expect: { variant: 'authorize-vs-pushed', severity: 'error' },
      },
      {
        name: 'a refresh token of another client',
        http: `
          \${opening only token}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=other

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'refresh-vs-issue', severity: 'error' },
      },
    ],
  })
})

describe('registration/credentials-used-at-other-as', () => {
  const server = (host: string, issuer = host) => `
          > GET https://${host}/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://${issuer}","registration_endpoint":"https://${host}/register","authorization_endpoint":"https://${host}/authorize","token_endpoint":"https://${host}/token"}
`
  const login = `
          # handed-over
          > GET https://two.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1
`
  const registered = (host: string) =>
    registration('{"redirect_uris":["http://127.0.0.1:5000/cb"]}').replace('as.example', host)
  testExamples(otherServer, {
    good: [
      {
        name: 'one server under two addresses',
        http: `${server('one.example')}${registered('one.example')}${server('two.example', 'one.example')}${login}`,
      },
      {
        name: 'both servers issued that id',
        http: `${server('one.example')}${registered('one.example')}${server('two.example')}${registered('two.example')}${login}`,
      },
    ],
    bad: [
      {
        name: 'the second server lets it pass',
        http: `${server('one.example')}${registered('one.example')}${server('two.example')}${login}`,
        expect: { variant: 'after-as-change', severity: 'warning' },
      },
    ],
  })
})
