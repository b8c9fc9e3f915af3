import { expect, test } from 'vitest'
import type { Report } from '../../../src/core/verdict/report.ts'
import { clientRows } from '../../../src/sink/report/clients.ts'

const of = { name: 'One', version: '1', date: '2026-11-30', target: 'https://mcp.example/mcp' }
const wants = 'something'
const clients: Report['clients'] = [
  { ...of, client: 'one', outcome: 'pass', checks: [] },
  {
    ...of,
    client: 'two',
    outcome: 'refuse',
    checks: [
      { check: 'pkce', wants, outcome: 'blind', because: 'not seen', source: 'a' },
      {
        check: 'issuer',
        wants,
        outcome: 'refuse',
        because: 'it differs',
        source: 'b',
        exchange: '3',
      },
    ],
  },
]

test('a row names the check that refuses, why, where, and where that is known from', () => {
  const rows = clientRows({ clients } as unknown as Report)
  expect(rows.map(({ verdict, because, source }) => [verdict, because, source])).toEqual([
    ['would go on', '', 'each check, 2026-11-30'],
    ['would refuse', 'issuer: it differs (#3)', 'b, 2026-11-30'],
  ])
  expect(clientRows({} as unknown as Report)).toEqual([])
})
