import { type Provider, within } from './provider.ts'

export const fastMcp: Provider = {
  name: 'FastMCP',
  date: '2026-11-30',
  source: 'https://gofastmcp.com/servers/auth/oauth-proxy; PrefectHQ/fastmcp#2569',
  serves: (host) => within(host, 'fastmcp.app'),
  advice: {
    'registration/client-unknown-to-as':
      'The OAuth proxy of FastMCP keeps clients on its own disk by default: give it a client_storage that instances share and that outlives a restart.',
    'discovery/prm-resource-mismatch':
      'FastMCP builds resource from base_url, or from resource_base_url where that is set, and the path of the MCP server: set them so that it is the URL that clients use.',
    'claims/signature-invalid':
      'Give the OAuth proxy of FastMCP a jwt_signing_key that is the same in every instance.',
  },
}
