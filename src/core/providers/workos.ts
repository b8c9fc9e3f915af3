import { type Provider, within } from './provider.ts'

export const workos: Provider = {
  name: 'WorkOS AuthKit',
  date: '2026-11-30',
  source: 'workos.com/docs/authkit/mcp; adcontextprotocol/adcp#1067',
  serves: (host) => within(host, 'authkit.app') || host === 'api.workos.com',
  advice: {
    'audience/aud-mismatch':
      'AuthKit sets aud to the client id unless a Resource Indicator is configured: configure one that is the MCP URL.',
    'registration/no-usable-mechanism':
      'Turn on Dynamic Client Registration, or client metadata documents, in the WorkOS dashboard: Connect, Configuration.',
    'registration/rejected':
      'Turn on Dynamic Client Registration in the WorkOS dashboard: Connect, Configuration.',
  },
}
