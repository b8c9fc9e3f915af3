import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const mcporter: Client = {
  id: 'mcporter',
  name: 'mcporter',
  version: '0.12.3',
  date: '2026-11-30',
  source:
    'https://www.npmjs.com/package/mcporter/v/0.12.3?activeTab=code, which uses the TypeScript SDK 1',
  shows: {
    name: /^mcporter/i,
  },
  checks: version1,
  hints: {
    'challenge/no-bearer-scheme':
      'mcporter reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
  },
}
