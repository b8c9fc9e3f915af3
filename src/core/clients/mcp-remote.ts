import type { Client } from './client.ts'
import { version2 } from './typescript-sdk.ts'

export const mcpRemote: Client = {
  id: 'mcp-remote',
  name: 'mcp-remote',
  version: '0.15.1',
  date: '2026-11-30',
  source:
    'https://www.npmjs.com/package/mcp-remote/v/0.15.1?activeTab=code, which bundles the TypeScript SDK 2',
  shows: {
    name: /\(via mcp-remote |^mcp-remote|^mcp cli (?:proxy|client)$/i,
  },
  checks: [
    {
      check: 'secure-url',
      how: 'https',
      source:
        'https://www.npmjs.com/package/mcp-remote/v/0.15.1?activeTab=code: http only for this machine, or with --allow-http',
    },
    ...version2,
    {
      check: 'registration-answer',
      how: 'redirect-uris',
      source:
        'https://www.npmjs.com/package/mcp-remote/v/0.15.1?activeTab=code: a stored registration without its own redirect URI is deleted',
    },
  ],
  hints: {
    'authorization/redirect-uri-unregistered':
      'mcp-remote takes a port that follows from the server URL, and another where that is taken; give it one behind the URL, and --host for the name.',
    'registration/repeated':
      'mcp-remote throws a registration away whose redirect_uris lack its own: answer with the URIs that were sent.',
    'challenge/no-bearer-scheme':
      'mcp-remote reads a challenge only where its first scheme is Bearer or DPoP: what stands behind another scheme it does not see.',
    'registration/client-unknown-to-as':
      'mcp-remote keeps its registration in ~/.mcp-auth: remove that folder to register anew.',
  },
}
