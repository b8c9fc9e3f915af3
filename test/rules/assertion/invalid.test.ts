import { expect, test } from 'vitest'
import rule from '../../../rules/assertion/invalid.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import {
  clientAssertionType,
  issued,
  jag,
  machine,
  metadata,
  ofClient,
  redeem,
  refused,
  signed,
} from '../machines.ts'
import * as flow from '../whole-flow.ts'

const bad = (
  name: string,
  http: string,
  variant: string,
  severity: 'error' | 'warning' = 'error',
) => ({
  name,
  http,
  expect: { variant, severity },
})

test('an ID-JAG is the matter of a rule of its own', () => {
  const { outcome, findings } = run(rule, redeem(jag({ exp: 1767268000 }), refused))
  expect({ outcome, findings }).toEqual({ outcome: 'silent', findings: [] })
})

testExamples(rule, {
  good: [
    { name: 'fresh, short-lived, once', http: metadata() + machine(ofClient(), issued) },
    {
      name: 'a workload that signs in the name of its platform, and is let in',
      http: machine(ofClient({ iss: 'https://platform.example' }), issued),
    },
    {
      name: 'the same assertion once more after a DPoP nonce was asked for',
      http:
        machine(ofClient(), flow.json({ error: 'use_dpop_nonce' }, '400 Bad Request')) +
        machine(ofClient(), issued),
    },
    {
      name: 'refused by a server whose clock tells that it had not expired',
      http: machine(
        ofClient({ exp: 1767268700 }),
        refused.replace(
          '\n< content-type',
          '\n< date: Thu, 01 Jan 2026 11:58:20 GMT\n< content-type',
        ),
      ),
    },
  ],
  bad: [
    bad(
      'no type',
      machine(ofClient()).replace(
        `client_assertion_type=${encodeURIComponent(clientAssertionType)}&`,
        '',
      ),
      'type',
    ),
    bad('no JWT', machine('app'), 'not-jws'),
    bad('no signature', machine(ofClient({}, { alg: 'none' })), 'alg'),
    bad(
      'an algorithm that is not listed',
      metadata() + machine(ofClient({}, { alg: 'RS256' })),
      'alg',
    ),
    bad('no exp', machine(signed({ iss: 'app', sub: 'app', aud: flow.issuer })), 'claim-missing'),
    bad('issued by somebody else', machine(ofClient({ iss: 'https://app.example' })), 'identity'),
    bad('for another client id', machine(ofClient(), refused, { client_id: 'other' }), 'identity'),
    bad('over', machine(ofClient({ exp: 1767268000 })), 'expired'),
    bad('from the future', machine(ofClient({ iat: 1767269800 })), 'not-yet-valid'),
    bad(
      'valid for a day, and taken',
      machine(ofClient({ exp: 1767355200 }), issued),
      'too-long',
      'warning',
    ),
    bad('twice', machine(ofClient(), issued) + machine(ofClient()), 'replayed'),
    bad(
      'an expired grant',
      redeem(signed({ iss: 'i', sub: 's', aud: flow.issuer, exp: 1767268000 }), refused),
      'expired',
    ),
  ],
})
