import type { Client } from './client.ts'
import { version2 } from './typescript-sdk.ts'

export const claudeCode: Client = {
  id: 'claude-code',
  name: 'Claude Code',
  version: '2.1.332',
  date: '2026-11-30',
  source:
    'https://zuplo.com/learn/mcp/compatibility/clients/claude-code; anthropics/claude-code#37747, #66511, #91641, and higgsfield-ai/cli#67, #68, which show the checks of the TypeScript SDK 2',
  shows: {
    agent: /^claude-code\//i,
    name: /^claude[- ]code/i,
    clientId: /^https:\/\/claude\.ai\/oauth\/claude-code-client-metadata$/,
  },
  checks: version2,
  hints: {
    'challenge/no-bearer-scheme':
      'Claude Code reads a challenge only where its first scheme is Bearer or DPoP: what stands behind another scheme it does not see.',
    'discovery/asm-issuer-mismatch': 'Claude Code compares issuers character by character.',
    'authorization/loopback-port-rejected':
      'The metadata document of Claude Code lists http://localhost/callback and http://127.0.0.1/callback without a port: any port has to be taken (RFC 8252 §7.3). --callback-port fixes it where a server cannot do that.',
    'authorization/redirect-uri-unregistered':
      'Claude Code calls back to http://localhost with a free port and the path /callback; --callback-port fixes the port.',
    'refresh/rotated-token-reused':
      'Claude Code was seen to renew one token from several processes at once; a server that takes the last refresh token once more for some seconds lets that pass.',
  },
}
