import type { Client } from './client.ts'

export const cursor: Client = {
  id: 'cursor',
  name: 'Cursor',
  version: 'November 2026',
  date: '2026-11-30',
  source:
    'https://developer.salesforce.com/docs/platform/hosted-mcp-servers/guide/create-external-client-app.md; soflyy/agent-connector-for-wp#111, better-auth/better-auth#10946',
  shows: {
    agent: /^cursor/i,
    name: /^cursor/i,
    redirectUri:
      /^(?:cursor:\/\/anysphere\.cursor|http:\/\/localhost:8787\/callback$|https:\/\/(?:www\.)?cursor\.com\/agents\/mcp\/oauth\/callback$)/,
  },
  checks: [],
  isPartlyKnown: true,
  hints: {
    'registration/redirect-uri-unsafe':
      'Versions of Cursor register cursor://anysphere.cursor-mcp/oauth/callback, a scheme of its own (RFC 8252 §7.1), beside http://localhost:8787/callback and https://www.cursor.com/agents/mcp/oauth/callback.',
    'registration/rejected':
      'Versions of Cursor register cursor://anysphere.cursor-mcp/oauth/callback beside an http and an https one: a server that refuses the whole registration for it keeps Cursor out.',
    'authorization/redirect-uri-unregistered':
      'Cursor is called back at http://localhost:8787/callback, older versions at cursor://anysphere.cursor-mcp/oauth/callback, its agents in the cloud at https://www.cursor.com/agents/mcp/oauth/callback.',
  },
}
