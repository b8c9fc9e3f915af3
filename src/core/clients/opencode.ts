import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const openCode: Client = {
  id: 'opencode',
  name: 'OpenCode',
  version: '1.18',
  date: '2026-11-30',
  source:
    'https://github.com/anomalyco/opencode/blob/dev/packages/opencode/src/mcp/oauth-provider.ts, which uses the TypeScript SDK 1; anomalyco/opencode#31824, #34074',
  shows: {
    name: /^opencode/i,
    redirectUri: /^http:\/\/127\.0\.0\.1:19876\/mcp\/oauth\/callback$/,
  },
  checks: version1,
  hints: {
    'refresh/rotated-token-reused':
      'OpenCode was seen to renew a token once for each request that waits for it; a server that takes the last refresh token once more for some seconds lets that pass.',
    'authorization/callback-unreachable':
      'OpenCode was seen to listen on IPv6 only and to be called back at 127.0.0.1, which fails on Windows and WSL.',
    'challenge/no-bearer-scheme':
      'OpenCode reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
  },
}
