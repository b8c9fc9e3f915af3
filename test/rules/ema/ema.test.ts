/** Rules on tokens of an enterprise. */
import { describe } from 'vitest'
import invalidJag from '../../../rules/ema/id-jag-invalid.ts'
import invalidExchange from '../../../rules/ema/token-exchange-invalid.ts'
import { testExamples } from '../examples.ts'
import { exchange, found, issued, jag, redeem, refused } from '../machines.ts'
import * as flow from '../whole-flow.ts'

const bad = (
  name: string,
  http: string,
  variant: string,
  fault: 'client' | 'authorization-server',
) => ({
  name,
  http: found + http,
  expect: { variant, fault },
})

describe('a token exchange', () => {
  const used = redeem() + flow.call('tools/list', flow.secret('at_ m'))
  const client = (name: string, changes: Record<string, string | undefined>, variant: string) =>
    bad(name, exchange(changes) + used, variant, 'client')
  const provider = (name: string, answer: Record<string, unknown>, variant: string) =>
    bad(name, exchange({}, answer), variant, 'authorization-server')
  testExamples(invalidExchange, {
    good: [
      { name: 'as it has to be', http: found + exchange() },
      {
        name: 'for a name that the identity provider knows the server by',
        http: found + exchange({ audience: 'mcp-server' }),
      },
    ],
    bad: [
      client('no audience', { audience: undefined }, 'parameter-missing'),
      client('no resource', { resource: undefined }, 'parameter-missing'),
      client('another resource', { resource: 'https://mcp.example' }, 'resource'),
      client('an actor', { actor_token: flow.secret('act_ one') }, 'actor-token'),
      provider('no type', { issued_token_type: undefined }, 'response-type'),
      provider('no JWT', { access_token: flow.secret('at_ one') }, 'response-type'),
      provider('called Bearer', { token_type: 'Bearer' }, 'token-type'),
      provider('a refresh token', { refresh_token: flow.secret('rt_ one') }, 'refresh-token'),
    ],
  })
})

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
