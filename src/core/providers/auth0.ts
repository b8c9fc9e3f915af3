import { type Provider, within } from './provider.ts'

export const auth0: Provider = {
  name: 'Auth0',
  date: '2026-11-30',
  source:
    'auth0.com/docs, Auth for MCP; modelcontextprotocol/inspector#566, basementstudio/xmcp#422',
  serves: (host) => within(host, 'auth0.com'),
  advice: {
    'audience/aud-mismatch':
      'Auth0 ignores resource unless the tenant has the Resource Parameter Compatibility Profile on. Turn it on and create an API whose identifier is the MCP URL; an audience parameter or a default audience still wins.',
    'audience/token-format-unsupported':
      'Auth0 issues a JWT only for an API: turn on the Resource Parameter Compatibility Profile (Settings, Advanced) and create an API whose identifier is the MCP URL, or set it as the default audience of the tenant.',
    'registration/rejected':
      'Turn on OIDC Dynamic Application Registration in Auth0: Settings, Advanced.',
    'registration/no-usable-mechanism':
      'Turn on OIDC Dynamic Application Registration in Auth0: Settings, Advanced.',
    'discovery/asm-issuer-mismatch':
      'Issuers of Auth0 end with a slash: write it so in authorization_servers.',
    'refresh/rotated-token-reused':
      'Auth0 lets a refresh token that comes twice pass for the Rotation Overlap Period of the application: it is 0 unless set.',
    'claims/issuer-mismatch':
      'Issuers of Auth0 end with a slash, and a custom domain is another issuer than the tenant: let the MCP server expect exactly that.',
  },
  codes: {
    'no connections enabled':
      'Auth0: clients that register themselves are third-party: promote a connection to domain level (Authentication, the connection, or the Management API: is_domain_connection).',
    'Service not found':
      'Auth0: no API has this identifier: create one under Applications, APIs, whose identifier is the MCP URL.',
    'Callback URL mismatch':
      'Auth0: add the redirect URI to Allowed Callback URLs of the application.',
  },
}
