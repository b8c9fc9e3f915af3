import { type Provider, within } from './provider.ts'

export const okta: Provider = {
  name: 'Okta',
  date: '2026-11-30',
  source:
    'developer.okta.com/docs: concepts/auth-servers, guides/customize-authz-server, guides/refresh-tokens, guides/create-an-app-integration; support.okta.com, Tokens not issued with lifetime configured in access rule; community.auth0.com/t/186794; modelcontextprotocol/modelcontextprotocol#695',
  serves: (host) => within(host, 'okta.com') || within(host, 'oktapreview.com'),
  advice: {
    'audience/aud-mismatch':
      'In Okta a custom authorization server (/oauth2/<id>) puts its Audience into aud: set it to the MCP URL (Security, API, Authorization Servers, the server, Settings). Tokens of the org authorization server are for Okta alone.',
    'discovery/asm-missing':
      'Okta documents the metadata of a custom authorization server (issuer /oauth2/<id>) at /.well-known/oauth-authorization-server/oauth2/<id> and /oauth2/<id>/.well-known/openid-configuration.',
    'registration/rejected':
      'Registration at Okta needs an API token: create an app integration by hand, and give its client id to the client.',
    'registration/no-usable-mechanism':
      'Create an app integration in Okta (Applications, Create App Integration) and give its client id to the client.',
    'refresh/none-issued':
      'Okta issues a refresh token only with the scope offline_access in the authorization request and the grant type Refresh Token in the app (General, General Settings).',
    'scope/rejected-by-as':
      'Add the scope to the custom authorization server of Okta: Security, API, Authorization Servers, the server, Scopes, Add Scope.',
  },
  codes: {
    no_matching_policy:
      'Okta: no access policy and rule fit this client, user and scopes: Security, API, Authorization Servers, the server, Access Policies.',
    'Policy evaluation failed':
      'Okta: no access policy and rule fit this client, user and scopes: Security, API, Authorization Servers, the server, Access Policies.',
    'User is not assigned to the client application':
      'Okta: assign the user or a group: Applications, the app, Assignments.',
    "'redirect_uri' parameter must be a Login redirect URI":
      'Okta: add the redirect URI to Sign-in redirect URIs of the app (General, General Settings).',
  },
}
