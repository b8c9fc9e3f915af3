import { describe } from 'vitest'
import unsafe from '../../../rules/registration/redirect-uri-unsafe.ts'
import { testExamples } from '../examples.ts'
import { badUri, refused, registration } from './registrations.ts'

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
