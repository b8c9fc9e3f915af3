import { type Provider, within } from './provider.ts'

const registers =
  'AuthKit registers clients only where Dynamic Client Registration is on, and takes metadata documents only where Client ID Metadata Document is, in the WorkOS Dashboard: Connect, Configuration, MCP Auth.'

export const workos: Provider = {
  name: 'WorkOS AuthKit',
  date: '2026-11-30',
  source:
    'https://gofastmcp.com/integrations/authkit, https://workos.com/docs/reference/authkit/oauth-resource; adcontextprotocol/adcp#1067, docfork/docfork#161',
  serves: (host) => within(host, 'authkit.app') || host === 'api.workos.com',
  advice: {
    'audience/aud-mismatch':
      'AuthKit issues an aud of its own (the client id) unless the resource is a resource indicator: add the MCP URL, exactly as the resource metadata has it, in the WorkOS Dashboard: Connect, Configuration, MCP resource indicators.',
    'registration/no-usable-mechanism': registers,
    'registration/rejected': registers,
  },
}
