import { describe } from 'vitest'
import support from '../../../rules/registration/cimd-support-mismatch.ts'
import { testExamples } from '../examples.ts'
import { asks, document, id, server, uris } from './client-documents.ts'

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
