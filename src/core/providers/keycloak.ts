import type { Provider } from './provider.ts'

export const keycloak: Provider = {
  name: 'Keycloak',
  date: '2026-11-30',
  source:
    'keycloak.org/securing-apps: mcp-authz-server, client-registration; keycloak/keycloak#39629, opensearch-project/opensearch-mcp-server-py#227, confirm/tino#24, microcks/microcks#943',
  serves: (_host, path) => path.includes('/realms/'),
  advice: {
    'audience/aud-mismatch':
      'Keycloak heeds resource only with the experimental feature resource-indicators. Without it, add a client scope with an Audience mapper whose Included Custom Audience is the MCP URL, and let the client ask for it or make it a default scope of the realm.',
    'audience/aud-missing':
      'Keycloak puts an audience into a token only by an Audience mapper, or by the experimental feature resource-indicators: add a client scope with a mapper whose Included Custom Audience is the MCP URL, and let the client ask for it or make it a default scope of the realm.',
    'audience/as-rejects-resource':
      'Keycloak with the feature resource-indicators takes only a resource that is the resource_url of a client: configure the MCP server as a client with this attribute.',
    'registration/rejected':
      'Keycloak lets nobody register without a token until a host is trusted: Clients, Client registration, Trusted Hosts.',
    'cors/preflight-rejected':
      'Add the origin of the page to Web origins of the client in Keycloak; a page may register since 26.5, from the origins in the policy Allowed Registration Web Origins (Clients, Client registration).',
    'claims/issuer-mismatch':
      'Set KC_HOSTNAME, so that Keycloak has the same issuer inside the container network and outside.',
    'scope/rejected-by-as': 'Add the scope to Keycloak as a client scope of the type Optional.',
  },
  codes: {
    "Policy 'Trusted Hosts' rejected":
      'Keycloak: the host is not trusted: Clients, Client registration, Trusted Hosts.',
    'Invalid parameter: redirect_uri':
      'Keycloak: add the redirect URI to Valid redirect URIs of the client.',
  },
}
