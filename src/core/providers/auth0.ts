import { type Provider, within } from './provider.ts'

export const auth0: Provider = {
  name: 'Auth0',
  date: '2026-11-30',
  source:
    'auth0.com/ai/docs/mcp/guides: resource-param-compatibility-profile, registering-your-mcp-client-application/dynamic-client-registration; auth0.com/docs: get-started/tenant-settings, get-started/applications/third-party-applications/troubleshooting, authenticate/identity-providers/promote-connections-to-domain-level, secure/tokens/refresh-tokens/configure-refresh-token-rotation, secure/tokens/access-tokens/get-access-tokens, customize/custom-domains, get-started/applications/configure-applications-with-oidc-discovery; basementstudio/xmcp#422, Moesif/moesif-developer-portal#43',
  serves: (host) => within(host, 'auth0.com'),
  advice: {
    'audience/aud-mismatch':
      'Auth0 heeds resource only with the Resource Parameter Compatibility Profile (Settings, Advanced). Turn it on and create an API whose identifier is the MCP URL; where the request has an audience parameter, that wins.',
    'audience/token-format-unsupported':
      'Auth0 issues a JWT only for an API: turn on the Resource Parameter Compatibility Profile (Settings, Advanced) and create an API whose identifier is the MCP URL, or set it as the Default Audience of the tenant (Settings).',
    'registration/rejected':
      'Dynamic Client Registration (DCR) is off in Auth0 unless it is turned on: Settings, Advanced.',
    'registration/no-usable-mechanism':
      'Turn on Dynamic Client Registration (DCR) in Auth0: Settings, Advanced.',
    'discovery/asm-issuer-mismatch':
      'Issuers of Auth0 end with a slash: write it so in authorization_servers.',
    'refresh/rotated-token-reused':
      'Auth0 lets the refresh token before the last one pass for the Rotation Overlap Period of the application, which is off unless set.',
    'claims/issuer-mismatch':
      'Issuers of Auth0 end with a slash, and a custom domain is another issuer than the tenant: let the MCP server expect exactly that.',
  },
  codes: {
    'no connections enabled':
      'Auth0: a client that registers itself is a third-party application: turn on Promote Connection to Domain Level (Authentication, the connection, Settings).',
    unauthorized_client:
      'Auth0: a third-party application, whose client id begins with tpc_, needs a grant for the API: Applications, APIs, the API, Settings, Default Permissions for Third-Party Applications.',
    'Service not found':
      'Auth0: no API has this identifier: create one under Applications, APIs, whose identifier is the MCP URL.',
    'Callback URL mismatch':
      'Auth0: add the redirect URI to Allowed Callback URLs in the settings of the application.',
  },
}
