import { describe } from 'vitest'
import incomplete from '../../../rules/registration/request-incomplete.ts'
import { testExamples } from '../examples.ts'
import { badUri, refused, registration } from './registrations.ts'

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
