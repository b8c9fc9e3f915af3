import type { Provider } from './provider.ts'

export const keycloak: Provider = {
  name: 'Keycloak',
  date: '2026-11-30',
  source:
    'keycloak.org/securing-apps/mcp-authz-server; keycloak/keycloak#39629, opensearch-project/opensearch-mcp-server-py#227',
  serves: (_host, path) => path.includes('/realms/'),
  advice: {
    'audience/aud-mismatch':
      'Keycloak puts "account" into aud and ignores resource. Add a client scope with an audience mapper that names the MCP URL, and make it a default scope, also for clients that register themselves.',
    'registration/rejected':
      'Keycloak lets only trusted hosts register: Realm settings or Clients, Client registration, Client registration policies, Trusted Hosts.',
    'audience/aud-missing':
      'Keycloak puts an audience into a token only by an audience mapper: add a client scope with one that names the MCP URL, and make it a default scope.',
    'cors/preflight-rejected':
      'Set Web origins of the client in Keycloak; registration has no CORS before version 26.3.',
    'claims/issuer-mismatch':
      'Set KC_HOSTNAME, so that Keycloak has the same issuer inside the container network and outside.',
    'scope/rejected-by-as':
      'Add the scope as a client scope in Keycloak, and to the client as optional or default.',
  },
  codes: {
    'Trusted hosts':
      'Keycloak: the host is not trusted: Clients, Client registration, Client registration policies, Trusted Hosts.',
    "Policy 'Trusted Hosts' rejected":
      'Keycloak: the host is not trusted: Clients, Client registration, Client registration policies, Trusted Hosts.',
    'Invalid parameter: redirect_uri':
      'Keycloak: add it to Valid redirect URIs of the client; http://127.0.0.1/* takes any port.',
  },
}
