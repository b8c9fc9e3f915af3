import { type Provider, within } from './provider.ts'

export const workos: Provider = {
  name: 'WorkOS AuthKit',
  serves: (host) => within(host, 'authkit.app') || host === 'api.workos.com',
  advice: {
    'audience/aud-mismatch':
      'AuthKit sets aud to the client id unless a Resource Indicator is configured: configure one that is the MCP URL.',
  },
}
