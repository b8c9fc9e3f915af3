import { type Provider, within } from './provider.ts'

export const hydra: Provider = {
  name: 'Ory',
  date: '2026-11-30',
  source:
    'https://www.ory.sh/docs/hydra/debug, https://www.ory.sh/docs/hydra/guides/oauth2-clients, https://www.ory.sh/docs/oauth2-oidc/overview/oauth2-concepts; agentarea/agentarea#379, #381',
  serves: (host) => within(host, 'oryapis.com'),
  advice: {
    'audience/aud-mismatch':
      'Ory Hydra (2.3) was seen to ignore resource; the audience of a token is what the consent app grants: put the MCP URL into grant_access_token_audience when it accepts the consent.',
    'refresh/none-issued':
      'Ory Hydra issues a refresh token where the client may use the grant refresh_token, asks for the scope offline or offline_access, and the consent app grants that.',
    'scope/rejected-by-as':
      'Ory Hydra refuses a scope that the client is not registered for, offline and offline_access included, which its metadata lists.',
    'registration/rejected':
      'Ory Hydra registers clients only where oidc.dynamic_client_registration.enabled is true.',
  },
}
