import rule from '../../../rules/bearer/server-accepts-unauthenticated.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const old = flow.jwt({ exp: 1767268000 })
const token = '\n> authorization: Bearer x'
const bare = (method: string) => flow.call(method, 'x').replace(token, '')
const withKey = (method: string, answer?: string) =>
  flow.call(method, 'x', answer).replace(token, '\n> x-api-key: k1')
const cached = flow.json({ jsonrpc: '2.0', id: 2, result: {} }, '200 OK', '\n< age: 60')

testExamples(rule, {
  good: [
    { name: 'a whole login', http: flow.flowWith() },
    {
      name: 'clocks that differ by a minute',
      http: flow.flowUpTo('challenge') + flow.call('tools/list', flow.jwt({ exp: 1767268740 })),
    },
    {
      name: 'an error in a good answer is no acceptance',
      http:
        flow.flowUpTo('list') +
        flow.call(
          'tools/call',
          old,
          flow.json({ jsonrpc: '2.0', id: 2, error: { code: 1, message: 'no' } }),
        ),
    },
    {
      name: 'a cache answers',
      http: flow.flowUpTo('list') + flow.call('tools/call', old, cached),
    },
    {
      name: 'an API key in a field of its own, which the refused call lacked',
      http: flow.flowUpTo('list') + withKey('tools/call'),
    },
    {
      name: 'a ping is open to everybody',
      http: flow.flowUpTo('list') + bare('ping'),
    },
  ],
  bad: [
    {
      name: 'an expired token',
      http: flow.flowUpTo('list') + flow.call('tools/call', old),
      expect: { variant: 'expired-jwt', severity: 'error' },
    },
    {
      name: 'the session alone',
      http: flow.flowUpTo('list') + bare('tools/call'),
      expect: { variant: 'session-as-auth', severity: 'error' },
    },
    {
      name: 'the session, with an API key that was refused before',
      http: withKey('tools/call', flow.json({}, '401 Unauthorized')) + withKey('tools/call'),
      expect: { variant: 'session-as-auth', severity: 'error' },
    },
    {
      name: 'the token in the URL alone',
      http:
        flow.flowUpTo('list') +
        bare('tools/call').replace(
          flow.endpoint,
          `${flow.endpoint}?access_token=${flow.firstToken}`,
        ),
      expect: { variant: 'query-token', severity: 'warning' },
    },
    {
      name: 'a placeholder',
      http: flow.flowUpTo('challenge') + flow.call('tools/list', 'undefined'),
      expect: { variant: 'malformed-header', severity: 'error' },
    },
  ],
})
