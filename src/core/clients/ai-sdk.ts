import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const aiSdk: Client = {
  id: 'ai-sdk',
  name: 'AI SDK',
  version: '2.0.99',
  date: '2026-11-30',
  source: 'the source of @ai-sdk/mcp, whose login is that of the TypeScript SDK 1',
  shows: {
    agent: /^ai-sdk/i,
    name: /^ai-sdk/i,
  },
  checks: version1,
}
