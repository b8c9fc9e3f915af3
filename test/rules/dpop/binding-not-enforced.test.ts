import { describe } from 'vitest'
import unenforced from '../../../rules/dpop/binding-not-enforced.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { proof, redeem, tokenUrl } from './proofs.ts'

describe('a server', () => {
  testExamples(unenforced, {
    good: [
      { name: 'that binds', http: redeem() },
      {
        name: 'that does not know DPoP, and a client that always sends proofs',
        http: flow.healthy.serverMetadata + redeem(proof(tokenUrl), 'Bearer'),
      },
    ],
    bad: [
      {
        name: 'that issues plain tokens for a proof',
        http:
          flow.get(
            `${flow.issuer}/.well-known/oauth-authorization-server`,
            flow.json(flow.serverDocument({ dpop_signing_alg_values_supported: ['ES256'] })),
          ) + redeem(proof(tokenUrl), 'Bearer'),
        expect: { variant: 'as-issued-bearer', severity: 'warning' },
      },
      {
        name: 'that asks for no proof although it promised to',
        http:
          flow.healthy.registration.replaceAll(
            '"client_name"',
            '"dpop_bound_access_tokens":true,"client_name"',
          ) + redeem('', 'Bearer'),
        expect: { variant: 'proof-not-required', severity: 'error' },
      },
    ],
  })
})
