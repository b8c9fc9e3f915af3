import { type Provider, within } from './provider.ts'

export const stripe: Provider = {
  name: 'Stripe',
  date: '2026-11-30',
  source: 'docs.stripe.com/mcp',
  serves: (host) => within(host, 'stripe.com'),
  advice: {
    'authorization/error-response':
      'In Stripe an administrator of the account installs the MCP app first: Dashboard, Settings, Apps.',
    'scope/granted-less-than-required':
      'A restricted key of Stripe has the permissions that were chosen for it: Dashboard, Developers, API keys.',
  },
}
