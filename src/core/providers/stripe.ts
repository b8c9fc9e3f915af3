import { type Provider, within } from './provider.ts'

export const stripe: Provider = {
  name: 'Stripe',
  date: '2026-11-30',
  source: 'docs.stripe.com/mcp',
  serves: (host) => within(host, 'stripe.com'),
  advice: {
    'authorization/error-response':
      'An administrator of the Stripe account may have to enable MCP access in the Dashboard, for sandboxes and live mode separately.',
  },
}
