import type { Client } from './client.ts'

const fromAnthropic =
  'Claude calls from the servers of Anthropic (User-Agent Claude-User, from the outbound addresses of https://platform.claude.com/docs/en/api/ip-addresses): let them pass in the firewall.'

export const claudeAi: Client = {
  id: 'claude-ai',
  name: 'Claude (claude.ai)',
  version: 'November 2026',
  date: '2026-11-30',
  source:
    'https://claude.com/docs/connectors/building/authentication, https://support.claude.com/en/articles/11503834, https://zuplo.com/learn/mcp/compatibility/clients/claude-connectors',
  shows: {
    agent: /^claude-user/i,
    name: /^(?:anthropic\/)?claude-?ai\b|^claude$/i,
    redirectUri: /^https:\/\/claude\.(?:ai|com)\/api\/mcp\/auth_callback$/,
  },
  checks: [
    {
      check: 'registration',
      how: { document: ['none'] },
      source:
        'https://claude.com/docs/connectors/building/authentication: with a client metadata document, also list "none"',
    },
  ],
  isPartlyKnown: true,
  hints: {
    'registration/method-not-negotiated':
      'Claude takes a client metadata document only where the server lists `none` beside client_id_metadata_document_supported; else it registers.',
    'registration/no-usable-mechanism':
      'Claude takes a client metadata document only where the server lists `none` beside client_id_metadata_document_supported; else it wants a registration endpoint, or a client id in the settings of the connector.',
    'intermediary/html-interstitial': fromAnthropic,
    'intermediary/request-blocked': fromAnthropic,
    'authorization/redirect-uri-unregistered':
      'Claude is called back at https://claude.ai/api/mcp/auth_callback, or at the same path of claude.com.',
  },
}
