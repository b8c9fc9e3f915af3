/** Both rules on logins of machines. */
import { describe, expect, test } from 'vitest'
import unfit from '../../../rules/client-credentials/as-unfit.ts'
import unauthenticated from '../../../rules/client-credentials/client-not-authenticated.ts'
import { testExamples } from '../examples.ts'
import { issued, jag, machine, metadata, ofClient, redeem, refused } from '../machines.ts'
import { run } from '../run.ts'
import * as flow from '../whole-flow.ts'

const bare = (answer: string, more: Record<string, string> = {}) =>
  flow.tokenRequest({ grant_type: 'client_credentials', client_id: 'client-7', ...more }, answer)
const withRefresh = flow.json({
  access_token: 'at',
  token_type: 'Bearer',
  refresh_token: flow.secret('rt_ x'),
})

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

describe('an authorization server for machines', () => {
  const methods = (changes: Record<string, unknown>) =>
    metadata(changes) + machine(ofClient(), issued)
  testExamples(unfit, {
    good: [
      { name: 'with methods and algorithms', http: methods({}) },
      {
        name: 'without a list, which means Basic',
        http: methods({ token_endpoint_auth_methods_supported: undefined }),
      },
      {
        name: 'that takes secrets in the body alone, and serves a machine that sends its own',
        http:
          metadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }) +
          bare(issued, { client_secret: 's' }),
      },
    ],
    bad: [
      {
        name: 'only secrets in the body',
        http: methods({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
        expect: { variant: 'methods' },
      },
      {
        name: 'no algorithms',
        http: methods({ token_endpoint_auth_signing_alg_values_supported: undefined }),
        expect: { variant: 'signing-algs' },
      },
      {
        name: 'a refresh token for an ID-JAG',
        http: redeem(jag(), withRefresh),
        expect: { variant: 'refresh-token' },
      },
    ],
  })
})
