import { type Provider, within } from './provider.ts'

export const linear: Provider = {
  name: 'Linear',
  date: '2026-11-30',
  source: 'modelcontextprotocol/python-sdk#1624',
  serves: (host) => within(host, 'linear.app'),
  advice: {
    'discovery/prm-missing':
      'Linear has the metadata of its authorization server at the origin of the MCP server: a client without resource metadata can go on from there.',
  },
}
