import { describe } from 'vitest'
import invalid from '../../../rules/registration/cimd-invalid.ts'
import { testExamples } from '../examples.ts'
import { asks, document, flag, served, server, uris } from './client-documents.ts'

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
