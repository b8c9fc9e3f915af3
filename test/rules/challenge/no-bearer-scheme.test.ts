import { expect, test } from 'vitest'
import scheme from '../../../rules/challenge/no-bearer-scheme.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { found, get, refused, wellKnown } from './challenges.ts'

testExamples(scheme, {
  good: [
    {
      name: 'DPoP first, Bearer behind it',
      http: refused('DPoP algs="ES256", Bearer realm="mcp"'),
    },
  ],
  bad: [
    {
      name: 'a scheme that nobody knows',
      http: refused('ApiKey realm="mcp"'),
      expect: { variant: 'unknown-scheme', severity: 'error' },
    },
    {
      name: 'DPoP alone',
      http: refused('DPoP algs="ES256"'),
      expect: { variant: 'dpop-only', severity: 'info' },
    },
    {
      name: 'a password is asked for, and the metadata is there',
      http: refused('Basic realm="mcp"') + get(`${wellKnown}/mcp`, found),
      expect: { variant: 'basic-only', fault: 'resource-server' },
    },
    {
      name: 'a client goes on all the same',
      http: `${refused('Basic realm="mcp"')}
  \${opening only resource-metadata server-metadata registration}`,
      expect: { variant: 'basic-only', severity: 'warning' },
    },
  ],
})

test('a client that sends a password was meant to', () => {
  const http = refused('Basic realm="mcp"', { sent: '> authorization: Basic YTpi' })
  expect(run(scheme, http).outcome).toBe('silent')
})

test('what does not parse is left to the rule about grammar', () => {
  expect(run(scheme, refused('realm="mcp"')).outcome).toBe('silent')
})
