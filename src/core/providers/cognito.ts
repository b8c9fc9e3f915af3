import { type Provider, within } from './provider.ts'

export const cognito: Provider = {
  name: 'Amazon Cognito',
  date: '2026-11-30',
  source:
    'docs.aws.amazon.com/cognito: authorization-endpoint, API_ResourceServerType, API_CreateResourceServer; PrefectHQ/fastmcp#3739, anthropics/claude-ai-mcp#309, anthropics/claude-code#67258, modelcontextprotocol/typescript-sdk#804, vercel/ai#18674',
  serves: (host) => host.startsWith('cognito-idp.') && within(host, 'amazonaws.com'),
  advice: {
    'audience/aud-mismatch':
      'Cognito sets aud only with resource binding: the client sends resource, and a resource server of the user pool has the MCP URL as its identifier.',
    'audience/as-rejects-resource':
      'Cognito takes resource only with resource binding: make a resource server in the user pool whose identifier is the URL of the MCP server, to the letter.',
    'authorization/endpoint-error-page':
      'Cognito shows this page for a redirect URI, client id or scope that the app client does not have, and for a resource that no resource server of the user pool has as its identifier: make one whose identifier is the URL of the MCP server (resource binding), or have a proxy in front take resource off.',
    'discovery/asm-missing':
      'Cognito answers <issuer>/.well-known/oauth-authorization-server with 400; its metadata is at <issuer>/.well-known/openid-configuration.',
    'registration/no-usable-mechanism':
      'Cognito has no registration_endpoint: create an app client in the user pool and give its id to the client.',
    'audience/aud-missing':
      'Access tokens of Cognito have client_id and no aud without resource binding: give a resource server of the user pool the MCP URL as its identifier, or let the MCP server check client_id.',
    'pkce/support-not-advertised':
      'Cognito supports S256 and does not list it in its metadata: the client may take S256 for supported.',
    'authorization/redirect-uri-unregistered': 'Add it to Allowed callback URLs of the app client.',
  },
  codes: {
    redirect_mismatch: 'Cognito: add the redirect URI to Allowed callback URLs of the app client.',
    unauthorized_client: 'Cognito: the app client may not use this response_type: allow its grant.',
    invalid_scope:
      'Cognito: the user pool does not know the scope: a custom scope belongs to a resource server, and is called <its identifier>/<scope>.',
  },
}
