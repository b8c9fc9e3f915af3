import { type Provider, within } from './provider.ts'

export const okta: Provider = {
  name: 'Okta',
  date: '2026-11-30',
  source:
    'developer.okta.com, error codes and authorization servers; agentgateway/agentgateway#1831',
  serves: (host) => within(host, 'okta.com') || within(host, 'oktapreview.com'),
  advice: {
    'audience/aud-mismatch':
      'In Okta a custom authorization server (/oauth2/<id>) has one audience, api://default unless changed: set it to the MCP URL. Tokens of the org authorization server are never for your API.',
    'discovery/asm-missing':
      'Okta serves custom authorization servers only at <issuer>/.well-known/…, appended to the path, not with path insertion (RFC 8414 §3.1).',
    'registration/rejected':
      'Registration at Okta needs an API token of an administrator: create an app integration by hand, and give its client id to the client.',
    'registration/no-usable-mechanism':
      'Create an app integration in Okta (Applications, Native or Web) and give its client id to the client.',
    'refresh/none-issued':
      'Okta issues a refresh token only with the scope offline_access and the grant type Refresh Token in the app integration.',
    'scope/rejected-by-as':
      'Add the scope to the custom authorization server: Security, API, the server, Scopes.',
  },
  codes: {
    no_matching_policy:
      'Okta: no access policy fits this client and user: Security, API, the authorization server, Access Policies.',
    'Policy evaluation failed':
      'Okta: no access policy fits this client and user: Security, API, the authorization server, Access Policies.',
    'User is not assigned to the client application':
      'Okta: assign the user: Applications, the app, Assignments.',
    "'redirect_uri' parameter must be a Login redirect URI":
      'Okta: add it under Sign-in redirect URIs of the app; loopback ports are compared as well.',
  },
}
