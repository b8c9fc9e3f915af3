import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const openCode: Client = {
  id: 'opencode',
  name: 'OpenCode',
  version: '1.18',
  date: '2026-11-30',
  source: 'logins of 1.18; it is built on the TypeScript SDK',
  shows: {
    agent: /^opencode/i,
    name: /^opencode/i,
    redirectUri: /^http:\/\/127\.0\.0\.1:19876\/mcp\/oauth\/callback$/,
  },
  checks: version1,
  hints: {
    'flow/reauth-loop':
      'OpenCode goes on asking with a token that is refused, thousands of times: end it, and run opencode mcp logout.',
    'challenge/no-bearer-scheme':
      'OpenCode reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
  },
}
