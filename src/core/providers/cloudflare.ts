import { type Provider, within } from './provider.ts'

export const cloudflare: Provider = {
  name: 'Cloudflare',
  date: '2026-11-30',
  source:
    'README and CHANGELOG of https://github.com/cloudflare/workers-oauth-provider; https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/managed-oauth/',
  serves: (host) =>
    within(host, 'cloudflare.com') ||
    within(host, 'cloudflareaccess.com') ||
    within(host, 'workers.dev'),
  advice: {
    'authorization/loopback-port-rejected':
      '@cloudflare/workers-oauth-provider takes any port of 127.0.0.1 and [::1] since 0.2.4, and of localhost since 0.3.1 (RFC 8252 §7.3): update it.',
    'discovery/prm-missing':
      '@cloudflare/workers-oauth-provider serves resource metadata by itself since 0.2.4: update it.',
    'audience/token-format-unsupported':
      '@cloudflare/workers-oauth-provider checks its tokens itself and hands what belongs to them over as ctx.props: read that, not the token.',
    'intermediary/html-interstitial':
      'Where Cloudflare Access stands before this host, turn on Managed OAuth for the application: else Access sends every client that is no browser to a login page.',
  },
}
