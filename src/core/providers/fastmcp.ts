import { type Provider, within } from './provider.ts'

export const fastMcp: Provider = {
  name: 'FastMCP',
  date: '2026-11-30',
  source: 'gofastmcp.com/servers/auth; PrefectHQ/fastmcp#2569, #3739',
  serves: (host) => within(host, 'fastmcp.app') || within(host, 'fastmcp.cloud'),
  advice: {
    'registration/client-unknown-to-as':
      'The OAuth proxy of FastMCP keeps clients in memory or on its own disk: give it a client_storage that instances share and that outlives a restart.',
    'discovery/prm-resource-mismatch':
      'Set base_url, and resource_base_url where the server is mounted below a path, so that resource is the URL that clients use.',
    'claims/signature-invalid':
      'Give the OAuth proxy of FastMCP a jwt_signing_key that is the same in every instance.',
  },
}
