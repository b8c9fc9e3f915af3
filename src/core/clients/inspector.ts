import type { Client } from './client.ts'
import { version1 } from './typescript-sdk.ts'

export const inspector: Client = {
  id: 'inspector',
  name: 'MCP Inspector',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'its source, which uses the TypeScript SDK 1',
  shows: {
    agent: /^mcp-inspector/i,
    name: /^(?:mcp[- ])?inspector(?:-client)?$/i,
    redirectUri: /^http:\/\/(?:localhost|127\.0\.0\.1):6274\/oauth\/callback/,
  },
  checks: version1,
  hints: {
    'cors/preflight-rejected':
      'Inspector calls from a page, http://localhost:6274 by default: allow that origin, or choose the connection through its proxy.',
    'cors/allow-origin-wrong':
      'Inspector calls from a page, http://localhost:6274 by default: allow that origin, or choose the connection through its proxy.',
  },
}
