import type { Client } from './client.ts'
import { version2 } from './typescript-sdk.ts'

export const inspector: Client = {
  id: 'inspector',
  name: 'MCP Inspector',
  version: '2.12.0',
  date: '2026-11-30',
  source:
    'https://www.npmjs.com/package/@modelcontextprotocol/inspector/v/2.12.0?activeTab=code, which uses the TypeScript SDK 2',
  shows: {
    name: /^(?:mcp[- ]inspector|inspector-cli$)/i,
    redirectUri: /^http:\/\/(?:localhost|127\.0\.0\.1):6274\/oauth\/callback/,
  },
  checks: version2,
  hints: {
    'cors/preflight-rejected':
      'Inspector calls from a page, http://localhost:6274 by default: allow that origin, or choose the connection through its proxy.',
    'cors/allow-origin-wrong':
      'Inspector calls from a page, http://localhost:6274 by default: allow that origin, or choose the connection through its proxy.',
  },
}
