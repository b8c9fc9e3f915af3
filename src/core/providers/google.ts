import { type Provider, within } from './provider.ts'

export const google: Provider = {
  name: 'Google',
  date: '2026-11-30',
  source:
    'developers.google.com/identity/protocols/oauth2, authorization errors; github/copilot-cli#4606, home-assistant/core#180546, anthropics/claude-code#91199, punkpeye/mcp-remote#53, googleads/google-ads-mcp#99',
  serves: (host) => host === 'accounts.google.com' || within(host, 'googleapis.com'),
  advice: {
    'discovery/asm-issuer-mismatch':
      'The issuer of Google is https://accounts.google.com, without a slash at its end: write it so in authorization_servers.',
    'registration/no-usable-mechanism':
      'Google has no registration_endpoint: create an OAuth client in the Google Cloud console (Google Auth Platform, Clients) and give its id and secret to the client.',
    'refresh/none-issued':
      'Google issues a refresh token only with access_type=offline: send it, and prompt=consent, in the authorization request.',
    'token/client-auth-mismatch': 'Google wants the client secret also with PKCE.',
    'audience/token-format-unsupported':
      'Access tokens of Google are opaque: let the MCP server ask its tokeninfo endpoint.',
  },
  codes: {
    redirect_uri_mismatch:
      'Google: add the redirect URI to Authorized redirect URIs of the OAuth client: Google Cloud console, Google Auth Platform, Clients.',
    org_internal:
      'Google: the app is for the accounts of one organization only: Google Auth Platform, Audience, User type.',
    admin_policy_enforced:
      'Google: an administrator of Workspace has to allow the app: Admin console, Security, Access and data control, API controls.',
  },
}
