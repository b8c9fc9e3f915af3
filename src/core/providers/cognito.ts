import { type Provider, within } from './provider.ts'

export const cognito: Provider = {
  name: 'Amazon Cognito',
  date: '2026-11-30',
  source: 'docs.aws.amazon.com/cognito; PrefectHQ/fastmcp#3739',
  serves: (host) => host.startsWith('cognito-idp.') && within(host, 'amazonaws.com'),
  advice: {
    'audience/aud-mismatch':
      'Cognito sets aud only with resource binding (Managed Login on the Essentials or Plus plan). Turn it on for a resource server whose identifier is the MCP URL.',
    'discovery/asm-missing':
      'Cognito serves only the appended openid-configuration and answers other well-known URLs with 400.',
    'registration/no-usable-mechanism':
      'Cognito registers nobody: create an app client in the user pool and give its id to the client.',
    'audience/aud-missing':
      'Access tokens of Cognito have client_id and no aud without resource binding: turn that on, or let the MCP server check client_id and scope.',
    'pkce/support-not-advertised': 'Cognito supports S256 and does not list it.',
    'authorization/redirect-uri-unregistered':
      'Add it to Allowed callback URLs of the app client, under Login pages; ports are compared as well.',
  },
  codes: {
    redirect_mismatch:
      'Cognito: add the redirect URI to Allowed callback URLs of the app client, under Login pages.',
    unauthorized_client: 'Cognito: allow the grant type for the app client, under Login pages.',
    invalid_scope:
      'Cognito: create the scope for a resource server (Domain, Resource servers) and allow it for the app client.',
  },
}
