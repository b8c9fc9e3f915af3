import type { Provider } from './provider.ts'

export const keycloak: Provider = {
  name: 'Keycloak',
  serves: (_host, path) => path.includes('/realms/'),
  advice: {
    'audience/aud-mismatch':
      'Keycloak puts "account" into aud and ignores resource. Add a client scope with an audience mapper that names the MCP URL, and make it a default scope, also for clients that register themselves.',
  },
}
