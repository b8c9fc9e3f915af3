import { type Provider, within } from './provider.ts'

export const stytch: Provider = {
  name: 'Stytch',
  date: '2026-11-30',
  source: 'stytch.com/docs, Connected Apps; alpic-ai/skybridge#879',
  serves: (host) => within(host, 'stytch.com'),
  advice: {
    'audience/aud-mismatch':
      'Stytch sets aud to the connected app or project id unless a custom audience is configured for it: set the MCP URL there.',
    'registration/rejected':
      'Turn on Dynamic client registration in the Stytch dashboard: Connected Apps.',
    'registration/no-usable-mechanism':
      'Turn on Dynamic client registration in the Stytch dashboard: Connected Apps.',
  },
}
