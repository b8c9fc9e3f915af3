import { type Provider, within } from './provider.ts'

export const entra: Provider = {
  name: 'Microsoft Entra ID',
  serves: (host) =>
    within(host, 'microsoftonline.com') ||
    host === 'sts.windows.net' ||
    within(host, 'ciamlogin.com'),
  advice: {
    'audience/as-rejects-resource':
      'Entra ID takes the resource from the prefix of the scope and compares it with the parameter. Add the MCP URL to identifierUris of the app and ask for its scope, or front Entra ID with an authorization server that understands RFC 8707.',
    'audience/aud-mismatch':
      'Entra ID sets aud to the application id (v2 tokens) or the App ID URI (v1 tokens, requestedAccessTokenVersion in the manifest). Let the MCP server expect that value, or add the MCP URL to identifierUris and ask for its scope.',
    'discovery/asm-issuer-mismatch':
      'The common and organizations documents of Entra ID carry a template in place of the tenant. List https://login.microsoftonline.com/<tenant id>/v2.0 in authorization_servers.',
    'discovery/asm-missing':
      'Entra ID answers only <issuer>/.well-known/openid-configuration, appended to the path, for issuers of the form https://login.microsoftonline.com/<tenant id>/v2.0.',
  },
}
