import rule from '../../../rules/jwt-bearer/retry-or-fallback.ts'
import { testExamples } from '../examples.ts'
import { issued, jag, machine, ofClient, redeem, refused } from '../machines.ts'
import * as flow from '../whole-flow.ts'

testExamples(rule, {
  good: [
    {
      name: 'the server was down',
      http: redeem(jag(), '< HTTP/1.1 503 Service Unavailable') + redeem(),
    },
    {
      name: 'a DPoP nonce was asked for',
      http: redeem(jag(), flow.json({ error: 'use_dpop_nonce' }, '400 Bad Request')) + redeem(),
    },
    { name: 'a fresh one', http: redeem(jag(), refused) + redeem(jag({ jti: 'two' })) },
  ],
  bad: [
    {
      name: 'another grant',
      http: flow.healthy.challenge + redeem(jag(), refused) + machine(ofClient(), issued),
      expect: { variant: 'grant-switch', severity: 'warning' },
    },
  ],
})
