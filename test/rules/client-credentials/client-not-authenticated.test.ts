import { describe, expect, test } from 'vitest'
import unauthenticated from '../../../rules/client-credentials/client-not-authenticated.ts'
import { testExamples } from '../examples.ts'
import { issued, machine, metadata, ofClient, refused } from '../machines.ts'
import { run } from '../run.ts'
import * as flow from '../whole-flow.ts'
import { bare } from './bare-requests.ts'

test('whether a client authenticates whose request stands in the query is another matter', () => {
  const http = bare(refused).replace(
    '/token\n',
    '/token?grant_type=client_credentials&client_secret=s\n',
  )
  expect(run(unauthenticated, http).outcome).toBe('silent')
})

describe('a client without authentication', () => {
  testExamples(unauthenticated, {
    good: [{ name: 'an assertion', http: machine(ofClient(), issued) }],
    bad: [
      {
        name: 'and the server minds nothing',
        http: bare(issued),
        expect: { variant: 'no-auth', severity: 'warning' },
      },
      {
        name: 'that may have shown a certificate',
        http:
          metadata({ token_endpoint_auth_methods_supported: ['self_signed_tls_client_auth'] }) +
          bare(refused),
        expect: { variant: 'no-auth', severity: 'warning' },
      },
      {
        name: 'that is registered as a public one',
        http: flow.flowUpTo('registration') + bare(refused),
        expect: { variant: 'public-client', severity: 'error' },
      },
      {
        name: 'that mixes two grants',
        http: bare(refused, { client_secret: 's', code: 'c1' }),
        expect: { variant: 'user-parameters', severity: 'error' },
      },
    ],
  })
})
