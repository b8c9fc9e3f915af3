import { type Provider, within } from './provider.ts'

export const linear: Provider = {
  name: 'Linear',
  date: '2026-11-30',
  source: 'linear.app/docs/mcp; modelcontextprotocol/python-sdk#1624',
  serves: (host) => within(host, 'linear.app'),
  advice: {
    'discovery/prm-missing':
      'Linear serves its metadata on https://mcp.linear.app: use the URL /mcp, the older one /sse is another transport.',
  },
}
