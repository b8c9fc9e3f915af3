import { type Provider, within } from './provider.ts'

export const google: Provider = {
  name: 'Google',
  date: '2026-11-30',
  source: 'developers.google.com/identity; github/copilot-cli#4606, home-assistant/core#180546',
  serves: (host) => host === 'accounts.google.com' || within(host, 'googleapis.com'),
  advice: {
    'discovery/asm-issuer-mismatch':
      'The issuer of Google is https://accounts.google.com, without a slash at its end: write it so in authorization_servers.',
    'registration/no-usable-mechanism':
      'Google registers nobody: create an OAuth client in the Google Cloud console (APIs & Services, Credentials) and give its id and secret to the client.',
    'refresh/none-issued':
      'Google issues a refresh token only with access_type=offline, and again only with prompt=consent.',
    'token/client-auth-mismatch':
      'Google wants the client secret also with PKCE, for desktop clients as well.',
    'audience/token-format-unsupported':
      'Access tokens of Google are opaque: let the MCP server ask its tokeninfo endpoint.',
  },
  codes: {
    redirect_uri_mismatch:
      'Google: add the redirect URI to Authorized redirect URIs of the client (APIs & Services, Credentials); desktop clients take loopback with any port.',
    org_internal:
      'Google: the app is for users of the organisation only: OAuth consent screen, User type.',
    admin_policy_enforced:
      'Google: an administrator of Workspace has to allow the app: Security, API controls, App access control.',
  },
}
