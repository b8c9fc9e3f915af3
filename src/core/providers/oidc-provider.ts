import type { Provider } from './provider.ts'

export const oidcProvider: Provider = {
  name: 'oidc-provider',
  date: '2026-11-30',
  source: 'https://github.com/panva/node-oidc-provider/blob/main/docs/README.md',
  // Where its documentation mounts it, and the routes that it has there; others have /oidc/2 and the like.
  serves: (_host, path) => /^\/oidc(?:\/(?:auth|token|reg|me|jwks))?$/.test(path),
  advice: {
    'audience/aud-mismatch':
      'In oidc-provider, getResourceServerInfo of features.resourceIndicators decides aud: its audience, else the resource that was asked for.',
    'audience/as-rejects-resource':
      'oidc-provider refuses every resource until getResourceServerInfo of features.resourceIndicators answers for it.',
    'audience/token-format-unsupported':
      'In oidc-provider, access tokens are opaque unless getResourceServerInfo says accessTokenFormat jwt, and defaultResource gives a resource to whoever names none.',
    'refresh/none-issued':
      'oidc-provider issues refresh tokens by default only to clients with the grant refresh_token that ask for offline_access with prompt=consent: issueRefreshToken changes that.',
    'registration/rejected':
      'In oidc-provider, registration is off unless features.registration is enabled.',
  },
}
