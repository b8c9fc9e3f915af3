import { describe } from 'vitest'
import mismatch from '../../../rules/dpop/key-binding-mismatch.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { jwk, proof, redeem, refused, tokenUrl } from './proofs.ts'

describe('a key', () => {
  const other = { jwk: { ...jwk, x: 'z' } }
  const bound = flow.jwt({ cnf: { jkt: 'another' } })
  testExamples(mismatch, {
    bad: [
      {
        name: 'that the server did not bind the token to',
        http: redeem(proof(tokenUrl), 'DPoP', bound),
        expect: { variant: 'as-bound-other-key', fault: 'authorization-server' },
      },
      {
        name: 'that the token is not bound to',
        http: flow
          .call('tools/list', bound, refused)
          .replace('Bearer', 'DPoP')
          .replace('\n> mcp-session-id', () => `${proof(flow.endpoint)}\n> mcp-session-id`),
        expect: { variant: 'cnf', severity: 'error' },
      },
      {
        name: 'that was not announced',
        http: flow.authorize({ dpop_jkt: 'announced' }) + flow.healthy.callback + redeem(),
        expect: { variant: 'dpop-jkt', fault: 'client' },
      },
      {
        name: 'that the refresh token was not issued to',
        http:
          redeem() +
          flow.tokenRequest(
            {
              grant_type: 'refresh_token',
              refresh_token: flow.secret('rt_ one'),
              client_id: flow.clientId,
            },
            flow.json({ error: 'invalid_grant' }, '400 Bad Request'),
            proof(tokenUrl, {}, other),
          ),
        expect: { variant: 'refresh', severity: 'error' },
      },
    ],
  })
})
