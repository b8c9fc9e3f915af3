import type { Client } from './client.ts'

export const claudeAi: Client = {
  id: 'claude-ai',
  name: 'Claude (claude.ai)',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'the connector documentation of Anthropic, and logins that were seen',
  shows: {
    agent: /^claude-user/i,
    name: /^(?:anthropic\/)?claude-?ai\b|^claude$/i,
    redirectUri: /^https:\/\/claude\.(?:ai|com)\/api\/mcp\/auth_callback$/,
  },
  checks: [
    { check: 'challenge', how: 'first-scheme', source: 'logins that were seen' },
    { check: 'resource', how: 'prefix', source: 'logins that were seen' },
    { check: 'discovery', how: 'or-origin', source: 'logins that were seen' },
    { check: 'schema', how: 'typescript', source: 'logins that were seen' },
    {
      check: 'registration',
      how: { document: ['none'] },
      source:
        'the connector documentation: a client metadata document is used where `none` is listed',
    },
    {
      check: 'auth-method',
      how: { registered: ['none', 'client_secret_post', 'client_secret_basic'] },
      source: 'the connector documentation',
    },
    { check: 'pkce', how: 'not-excluded', source: 'logins that were seen' },
    { check: 'token-answer', how: 'any-type', source: 'logins that were seen' },
  ],
  hints: {
    'registration/method-not-negotiated':
      'Claude takes a client metadata document only where the server lists `none` beside client_id_metadata_document_supported; else it registers.',
    'registration/no-usable-mechanism':
      'Claude takes a client metadata document only where the server lists `none` beside client_id_metadata_document_supported; else it wants a registration endpoint, or a client id in the settings of the connector.',
    'challenge/no-bearer-scheme':
      'Claude reads a challenge only where its first scheme is Bearer: what stands behind another scheme it does not see.',
    'intermediary/html-interstitial':
      'Claude calls from the servers of Anthropic (User-Agent Claude-User, 160.79.104.0/21): let them pass in the firewall.',
    'intermediary/request-blocked':
      'Claude calls from the servers of Anthropic (User-Agent Claude-User, 160.79.104.0/21): let them pass in the firewall.',
    'authorization/redirect-uri-unregistered':
      'Claude is called back at https://claude.ai/api/mcp/auth_callback.',
  },
}
