import type { Client } from './client.ts'

export const geminiCli: Client = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  version: '0.61',
  date: '2026-11-30',
  source: 'mcp/oauth-utils.ts and oauth-provider.ts of google-gemini/gemini-cli',
  shows: {
    agent: /^(?:gemini-?cli|geminicli)/i,
    name: /^gemini[- ]cli/i,
  },
  checks: [
    {
      check: 'resource',
      how: 'exact-without-query',
      source: 'mcp/oauth-utils.ts: resource has to equal the URL without its query',
    },
    { check: 'discovery', how: 'or-origin', source: 'mcp/oauth-utils.ts' },
    { check: 'schema', how: 'python', source: 'mcp/oauth-utils.ts' },
    { check: 'registration', how: { document: 'never' }, source: 'mcp/oauth-provider.ts' },
    { check: 'token-answer', how: 'any-type', source: 'mcp/oauth-provider.ts' },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'Gemini CLI wants resource to be the server URL itself, character by character.',
    'audience/resource-param-mismatch':
      'Gemini CLI sends the URL that it is configured with as resource, never what the resource metadata says.',
    'refresh/rotated-token-reused':
      'Gemini CLI renews a token twice at once: a server that takes the last refresh token once more for some seconds lets that pass.',
    'challenge/resource-metadata-unusable':
      'Gemini CLI reads resource_metadata only in quotation marks.',
  },
}
