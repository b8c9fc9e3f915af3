import { type Provider, within } from './provider.ts'

const registers =
  'Clerk registers clients only where Dynamic client registration is on (OAuth applications page of the Clerk Dashboard); Advertise CIMD support, on its CIMD Clients tab, lets clients with a metadata document do without.'

export const clerk: Provider = {
  name: 'Clerk',
  date: '2026-11-30',
  source:
    'https://clerk.com/docs/guides/configure/auth-strategies/oauth/how-clerk-implements-oauth; Skyvern-AI/skyvern#8263, NousResearch/hermes-agent#112060',
  serves: (host) => within(host, 'clerk.accounts.dev') || host.startsWith('clerk.'),
  advice: {
    'audience/token-format-unsupported':
      'Access tokens of Clerk are opaque (oat_) where Generate access tokens as JWTs is off in the Settings of the OAuth application: turn it on, or have Clerk verify them.',
    'discovery/asm-issuer-mismatch':
      'The issuer of Clerk is its Frontend API URL: list that in authorization_servers instead of serving its metadata on your own host.',
    'authorization/iss-invalid':
      'Clerk sends its Frontend API URL as iss: list that in authorization_servers instead of serving its metadata on your own host.',
    'registration/no-usable-mechanism': registers,
    'registration/rejected': registers,
  },
}
