import { describe } from 'vitest'
import invalidExchange from '../../../rules/ema/token-exchange-invalid.ts'
import { testExamples } from '../examples.ts'
import { exchange, found, redeem } from '../machines.ts'
import * as flow from '../whole-flow.ts'
import { bad } from './assertions.ts'

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
