import type { Client } from './client.ts'
import { version2 } from './typescript-sdk.ts'

export const mcpRemote: Client = {
  id: 'mcp-remote',
  name: 'mcp-remote',
  version: '0.15.1',
  date: '2026-11-30',
  source: 'its source, which bundles the TypeScript SDK 2',
  shows: {
    agent: /^mcp-remote/i,
    name: /mcp-remote|^mcp cli proxy/i,
  },
  checks: [
    {
      check: 'secure-url',
      how: 'https',
      source: 'its arguments: http only for this machine, or with --allow-http',
    },
    ...version2,
    {
      check: 'registration-answer',
      how: 'redirect-uris',
      source: 'its store: a registration without its own redirect URI is thrown away',
    },
  ],
  hints: {
    'authorization/redirect-uri-unregistered':
      'mcp-remote takes a port that follows from the server URL, and another where that is taken; give it one behind the URL, and --host for the name.',
    'registration/repeated':
      'mcp-remote throws a registration away whose redirect_uris lack its own: answer with the URIs that were sent.',
    'challenge/no-bearer-scheme':
      'mcp-remote reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
    'registration/client-unknown-to-as':
      'mcp-remote keeps its registration in ~/.mcp-auth: remove that folder to register anew.',
  },
}
