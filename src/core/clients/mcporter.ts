import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const mcporter: Client = {
  id: 'mcporter',
  name: 'mcporter',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'its source, which uses the TypeScript SDK',
  shows: {
    agent: /^mcporter/i,
    name: /^mcporter/i,
  },
  checks: version1,
  hints: {
    'challenge/no-bearer-scheme':
      'mcporter reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
  },
}
