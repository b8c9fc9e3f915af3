import { type Provider, within } from './provider.ts'

export const github: Provider = {
  name: 'GitHub',
  date: '2026-11-30',
  source:
    'docs.github.com/apps/oauth-apps: authorizing-oauth-apps, creating-an-oauth-app, troubleshooting-oauth-app-access-token-request-errors, troubleshooting-authorization-request-errors; github/github-mcp-server#1404, modelcontextprotocol/python-sdk#1523',
  serves: (host) => host === 'github.com' || host === 'api.github.com' || within(host, 'ghe.com'),
  advice: {
    'registration/no-usable-mechanism':
      'GitHub has no registration_endpoint: make an OAuth app or GitHub App (Settings, Developer settings) and give its client id, and secret, to the client.',
    'token/response-not-json':
      'GitHub answers form-encoded unless the request says Accept: application/json.',
    'token/response-invalid':
      'GitHub answers form-encoded unless the request says Accept: application/json.',
    'authorization/redirect-uri-unregistered':
      'Set the Authorization callback URL of the GitHub app to the redirect URI of the client; the port of a loopback one is not compared.',
  },
  manners: ['scope/malformed#comma-separated'],
  codes: {
    bad_verification_code:
      'GitHub: the code is wrong or has expired, which it does after ten minutes: begin again for a new one.',
    incorrect_client_credentials: 'GitHub: client id or client secret is wrong.',
    redirect_uri_mismatch:
      'GitHub: set the Authorization callback URL of the app (Settings, Developer settings) to the redirect URI of the client.',
  },
}
