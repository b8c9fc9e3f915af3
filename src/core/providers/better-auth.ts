import type { Provider } from './provider.ts'

export const betterAuth: Provider = {
  name: 'better-auth',
  date: '2026-11-30',
  source:
    'better-auth.com/docs, OAuth provider and MCP plugins; better-auth/better-auth#10946, buildinternet/uploads#911',
  serves: (_host, path) => path.startsWith('/api/auth'),
  advice: {
    'refresh/none-issued':
      'better-auth issues a refresh token only where offline_access was asked for and is among the scopes of the plugin.',
    'scope/rejected-by-as':
      'better-auth refuses a scope that it does not know: add it to scopes of the oauthProvider plugin.',
    'audience/aud-mismatch':
      'Add the MCP URL to validAudiences of the oauthProvider plugin of better-auth.',
    'discovery/asm-missing':
      'better-auth has its metadata under /api/auth: export oauthProviderAuthServerMetadata at /.well-known/oauth-authorization-server/api/auth.',
    'refresh/rotated-token-reused':
      'better-auth revokes all tokens of a login when a refresh token comes twice; there is no time in which it lets that pass.',
    'registration/application-type-mismatch':
      'better-auth wants application_type native for a redirect URI with a scheme of its own.',
  },
}
