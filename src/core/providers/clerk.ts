import { type Provider, within } from './provider.ts'

export const clerk: Provider = {
  name: 'Clerk',
  date: '2026-11-30',
  source: 'clerk.com/docs, MCP; upstash/context7#2987, Skyvern-AI/skyvern#8263',
  serves: (host) =>
    within(host, 'clerk.accounts.dev') || within(host, 'clerk.com') || host.startsWith('clerk.'),
  advice: {
    'audience/token-format-unsupported':
      'Access tokens of Clerk are opaque (oat_) unless JWTs are turned on for the OAuth application; let the MCP server verify them with the backend SDK of Clerk.',
    'discovery/asm-issuer-mismatch':
      'The issuer of Clerk is its Frontend API URL: list that in authorization_servers instead of serving its metadata on your own host.',
    'authorization/iss-invalid':
      'Clerk sends its Frontend API URL as iss: list that in authorization_servers instead of serving its metadata on your own host.',
    'registration/no-usable-mechanism':
      'Turn on Dynamic client registration in the Clerk dashboard: Configure, OAuth applications.',
    'registration/rejected':
      'Turn on Dynamic client registration in the Clerk dashboard: Configure, OAuth applications.',
  },
}
