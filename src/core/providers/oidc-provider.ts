import type { Provider } from './provider.ts'

export const oidcProvider: Provider = {
  name: 'oidc-provider',
  date: '2026-11-30',
  source: 'github.com/panva/node-oidc-provider, docs',
  serves: (_host, path) => path.startsWith('/oidc'),
  advice: {
    'audience/aud-mismatch':
      'In oidc-provider, features.resourceIndicators decides aud: getResourceServerInfo gives audience and accessTokenFormat for each resource.',
    'audience/token-format-unsupported':
      'In oidc-provider, access tokens are opaque unless getResourceServerInfo says accessTokenFormat jwt, and defaultResource gives a resource to whoever names none.',
    'refresh/none-issued':
      'oidc-provider issues refresh tokens only with offline_access and prompt=consent, unless issueRefreshToken says otherwise.',
    'registration/rejected':
      'In oidc-provider, registration is off unless features.registration is on.',
  },
}
