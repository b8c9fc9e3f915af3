import { type Provider, within } from './provider.ts'

export const cloudflare: Provider = {
  name: 'Cloudflare',
  date: '2026-11-30',
  source:
    'developers.cloudflare.com/agents, MCP authorization; cloudflare/workers-oauth-provider#137',
  serves: (host) =>
    within(host, 'cloudflare.com') ||
    within(host, 'cloudflareaccess.com') ||
    within(host, 'workers.dev'),
  advice: {
    'authorization/loopback-port-rejected':
      'Newer versions of @cloudflare/workers-oauth-provider take any loopback port (RFC 8252 §7.3): update it.',
    'discovery/prm-missing':
      'Newer versions of @cloudflare/workers-oauth-provider serve resource metadata by themselves: update it.',
    'challenge/duplicate-or-illegal-values':
      'Both @cloudflare/workers-oauth-provider and the agents library add resource_metadata: leave it to one of them.',
    'audience/token-format-unsupported':
      'Tokens of @cloudflare/workers-oauth-provider are opaque and are good in the Worker that issued them: take the props that it hands over.',
    'intermediary/html-interstitial':
      'Cloudflare Access stands before this host: use its MCP server portal or Managed OAuth (Zero Trust, Access, AI controls), or let the well-known paths pass with a Bypass policy.',
  },
}
