import { describe } from 'vitest'
import invalidJag from '../../../rules/ema/id-jag-invalid.ts'
import { testExamples } from '../examples.ts'
import { exchange, found, issued, jag, redeem, refused } from '../machines.ts'
import * as flow from '../whole-flow.ts'
import { bad } from './assertions.ts'

describe('an ID-JAG', () => {
  const wrong = (name: string, token: string, variant: string) =>
    bad(name, redeem(token, refused), variant, 'authorization-server')
  testExamples(invalidJag, {
    good: [
      { name: 'that was exchanged and is redeemed', http: found + exchange() + redeem() },
      {
        name: 'for two resources',
        http: found + redeem(jag({ resource: ['https://b.example', flow.endpoint] })),
      },
    ],
    bad: [
      wrong('no jti', jag({ jti: undefined }), 'claim-missing'),
      wrong('another resource', jag({ resource: 'https://b.example' }), 'resource'),
      wrong('two audiences', jag({ aud: [flow.issuer, 'https://b.example'] }), 'audience'),
      bad('over', redeem(jag({ exp: 1767268000 }), refused), 'expired', 'client'),
      bad(
        'with the typ of an access token',
        exchange({}, { access_token: jag({}, { typ: 'at+jwt' }) }) +
          redeem(jag({}, { typ: 'at+jwt' }), refused),
        'typ',
        'authorization-server',
      ),
      {
        name: 'another client, and nobody minds',
        http: found + redeem(jag(), issued, 'app-at-idp'),
        expect: { variant: 'client-id', severity: 'warning' },
      },
    ],
  })
})
