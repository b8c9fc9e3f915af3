import rule from '../../../rules/security/cache-scope.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const list = (claims: Record<string, unknown>, tools: string[], scope = 'public', params = '{}') =>
  flow
    .call(
      'tools/list',
      flow.jwt(claims),
      flow.json({ jsonrpc: '2.0', id: 2, result: { tools, cacheScope: scope, ttlMs: 60_000 } }),
      params,
    )
    .replaceAll('2025-11-25', '2026-07-28')

testExamples(rule, {
  good: [
    {
      name: 'the same user, whose list has changed',
      http: list({ jti: 'one' }, ['a']) + list({ jti: 'two' }, ['a', 'b']),
    },
    {
      name: 'two pages of one list',
      http: list({ sub: 'ann' }, ['a']) + list({ sub: 'bob' }, ['b'], 'public', '{"cursor":"2"}'),
    },
    {
      name: 'marked as private',
      http: list({ sub: 'ann' }, ['a']) + list({ sub: 'bob' }, ['b'], 'private'),
    },
  ],
  bad: [
    {
      name: 'more for a wider scope',
      http: list({ scope: 'read' }, ['a']) + list({ scope: 'read write' }, ['a', 'b']),
    },
  ],
})
