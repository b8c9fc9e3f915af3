/** Rules on client metadata documents. */
import { describe } from 'vitest'
import invalid from '../../../rules/registration/cimd-invalid.ts'
import support from '../../../rules/registration/cimd-support-mismatch.ts'
import { testExamples } from '../examples.ts'

const id = 'https://app.example/client.json'

const asks = (clientId = id, answer = '< HTTP/1.1 200 OK') => `
          > GET https://as.example/authorize?response_type=code&client_id=${encodeURIComponent(clientId)}&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s

          ${answer}
`
const server = (flag: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","registration_endpoint":"https://as.example/register"${flag}}
`
const flag = ',"client_id_metadata_document_supported":true'
const served = (answer: string) => `
          > GET ${id}

          ${answer}
`
const document = (members: string) =>
  served(`< HTTP/1.1 200 OK\n\n          {"client_id":"${id}","client_name":"app"${members}}`)
const uris = ',"redirect_uris":["http://127.0.0.1/cb"]'

const badUrl = (clientId: string, severity: 'error' | 'warning' = 'warning') => ({
  name: `the client id ${clientId}`,
  http: `${server(flag)}${asks(clientId)}`,
  expect: { variant: 'bad-url', severity } as const,
})

describe('registration/cimd-invalid', () => {
  testExamples(invalid, {
    good: [
      { name: 'only the URL is seen', http: `${server(flag)}${asks()}` },
      {
        name: 'a document that could not be read at first',
        http: `${asks()}${served('< HTTP/1.1 503 Service Unavailable')}${document(uris)}`,
      },
      {
        name: 'members that nobody needs are left out',
        http: `${asks()}${document(uris)}`,
      },
    ],
    bad: [
      badUrl('http://app.example/client.json'),
      badUrl('https://app.example/a/../client.json'),
      badUrl('https://me@app.example/client.json'),
      badUrl('https://app.example/client.json#x'),
      badUrl('https://app.example/client.json?x=1'),
      badUrl('https://app.example/a https://app.example/b'),
      ...(
        [
          ['not-200', served('< HTTP/1.1 404 Not Found')],
          ['redirect', served('< HTTP/1.1 302 Found\n          < location: https://b.example/')],
          ['not-json', served('< HTTP/1.1 200 OK\n\n          <h1>app</h1>')],
          ['missing-fields', document('')],
          ['symmetric-auth', document(`${uris},"token_endpoint_auth_method":"client_secret_post"`)],
          ['has-secret', document(`${uris},"client_secret":"\${secret cs_}"`)],
          ['redirect-not-listed', document(',"redirect_uris":["https://app.example/cb"]')],
          ['too-large', document(`${uris},"logo_uri":"${'a'.repeat(6000)}"`)],
        ] as const
      ).map(([variant, http]) => ({
        name: variant,
        http: `${asks()}${http}`,
        expect: { variant, severity: 'warning' } as const,
      })),
    ],
  })
})

describe('registration/cimd-support-mismatch', () => {
  const comesBack = (error: string) =>
    `\n          # handed-over\n          > GET http://127.0.0.1:1/cb?error=${error}&state=s\n`
  testExamples(support, {
    good: [
      {
        name: 'the person says no, at a server that knows the client all the same',
        http: `${server('')}${asks(id, '')}${comesBack('access_denied')}`,
      },
      {
        name: 'the server wants a code challenge of a client that it calls back',
        http: `${server('')}${asks(id, '')}${comesBack('invalid_request&error_description=code_challenge+is+required')}`,
      },
      {
        name: 'another response type is wanted',
        http: `${server('')}${asks(id, '')}${comesBack('unsupported_response_type')}`,
      },
      {
        name: 'nothing is at the authorization endpoint',
        http: `${server('')}${asks(id, '< HTTP/1.1 404 Not Found')}`,
      },
      {
        name: 'the server is down',
        http: `${server('')}${asks(id, '< HTTP/1.1 503 Service Unavailable')}`,
      },
    ],
    bad: [
      {
        name: 'the browser is sent back because the client may not do this',
        http: `${server('')}${asks(id, '')}${comesBack('unauthorized_client')}`,
        expect: { variant: 'used-without-support', fault: 'client' },
      },
      {
        name: 'the document is read by a server that does not say that it takes any',
        http: `${server('')}${asks()}${document(uris)}`,
        expect: { variant: 'not-advertised', severity: 'info', fault: 'authorization-server' },
      },
    ],
  })
})
