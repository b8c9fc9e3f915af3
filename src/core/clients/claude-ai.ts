import type { Client } from './client.ts'

const fromAnthropic =
  'Claude calls from the servers of Anthropic (User-Agent Claude-User, from the outbound addresses of https://platform.claude.com/docs/en/api/ip-addresses): let them pass in the firewall.'

/** What it says to its user, by anthropics/claude-ai-mcp#134 (a maintainer), #457, #504 and #7. */
const says = {
  noToken:
    'Claude says "Authorization with the MCP server failed" whenever a login ends without a token that it can use, whatever the reason.',
  noRegistration: 'Claude says "Couldn\'t register with sign-in service" to its user.',
  noCall:
    'Claude says "Your account was authorized, but the server returned an error when connecting" to its user.',
  noStart:
    'Claude says "There was an error connecting to the MCP server. Please check your server URL and make sure your server handles auth correctly" to its user, whatever of it failed.',
}

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
    'authorization/valid-response-rejected': says.noToken,
    'bearer/fresh-token-rejected': says.noCall,
    'discovery/asm-missing': says.noStart,
    'discovery/endpoint-unreachable':
      'Claude connects to port 443 alone (anthropics/claude-ai-mcp#85), and so does not reach a server on another.',
    'discovery/prm-missing': says.noStart,
    'registration/rejected': says.noRegistration,
    'token/error-response': says.noToken,
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
