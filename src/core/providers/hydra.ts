import { type Provider, within } from './provider.ts'

export const hydra: Provider = {
  name: 'Ory',
  serves: (host) => within(host, 'oryapis.com'),
  advice: {
    'audience/aud-mismatch':
      'Ory Hydra ignores resource and grants the audience that your consent app accepts: grant the MCP URL there.',
  },
}
