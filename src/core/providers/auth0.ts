import { type Provider, within } from './provider.ts'

export const auth0: Provider = {
  name: 'Auth0',
  serves: (host) => within(host, 'auth0.com'),
  advice: {
    'audience/aud-mismatch':
      'Auth0 ignores resource unless the tenant has the Resource Parameter Compatibility Profile on. Turn it on and create an API whose identifier is the MCP URL; an audience parameter or a default audience still wins.',
  },
}
