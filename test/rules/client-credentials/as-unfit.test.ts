import { describe } from 'vitest'
import unfit from '../../../rules/client-credentials/as-unfit.ts'
import { testExamples } from '../examples.ts'
import { issued, jag, machine, metadata, ofClient, redeem } from '../machines.ts'
import * as flow from '../whole-flow.ts'
import { bare } from './bare-requests.ts'

const withRefresh = flow.json({
  access_token: 'at',
  token_type: 'Bearer',
  refresh_token: flow.secret('rt_ x'),
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
