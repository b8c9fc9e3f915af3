import type { Provider } from './provider.ts'

export const betterAuth: Provider = {
  name: 'better-auth',
  date: '2026-11-30',
  source:
    'https://better-auth.com/docs/plugins/oauth-provider, https://better-auth.com/docs/guides/1-7-upgrade-guide',
  // The issuer is the base URL of its handler, which its documentation has at /api/auth.
  serves: (_host, path) => path.startsWith('/api/auth'),
  advice: {
    'refresh/none-issued':
      'better-auth issues a refresh token for the scope offline_access, which has to be in scopes of the oauthProvider plugin where that is set.',
    'scope/rejected-by-as':
      'better-auth refuses a scope that it does not know: every scope has to be in scopes of the oauthProvider plugin.',
    'audience/aud-mismatch':
      'Add the MCP URL to resources of the oauthProvider plugin of better-auth (validAudiences before 1.7).',
    'discovery/asm-missing':
      'better-auth serves its metadata at /.well-known/oauth-authorization-server/api/auth where that path reaches auth.handler; else serve it there with oauthProviderAuthServerMetadata.',
    'refresh/rotated-token-reused':
      'better-auth revokes all refresh tokens that the client has for the user when one comes twice: refreshTokenReuseInterval of the oauthProvider plugin, 0 by default, lets it come again for so many seconds.',
    'registration/application-type-mismatch':
      'better-auth takes a client that sends no application_type for web, which may have only https redirect URIs that are not loopback; others need application_type native.',
    'registration/rejected':
      'better-auth registers clients only where allowDynamicClientRegistration of the oauthProvider plugin is on, and takes http loopback redirect URIs and schemes of their own only with application_type native.',
  },
}
