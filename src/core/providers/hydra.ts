import { type Provider, within } from './provider.ts'

export const hydra: Provider = {
  name: 'Ory',
  date: '2026-11-30',
  source: 'ory.sh/docs/hydra; agentarea/agentarea#379, #381',
  serves: (host) => within(host, 'oryapis.com'),
  advice: {
    'audience/aud-mismatch':
      'Ory Hydra ignores resource and grants the audience that your consent app accepts: grant the MCP URL there.',
    'refresh/none-issued':
      'Ory Hydra issues a refresh token for the scope offline or offline_access, where the client and the consent app allow it.',
    'registration/rejected': 'Turn on oidc.dynamic_client_registration in Ory Hydra.',
  },
}
