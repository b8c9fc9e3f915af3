import { type Provider, within } from './provider.ts'

export const stytch: Provider = {
  name: 'Stytch',
  serves: (host) => within(host, 'stytch.com'),
  advice: {
    'audience/aud-mismatch':
      'Stytch sets aud to the connected app or project id unless a custom audience is configured for it: set the MCP URL there.',
  },
}
