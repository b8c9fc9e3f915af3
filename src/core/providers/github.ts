import { type Provider, within } from './provider.ts'

export const github: Provider = {
  name: 'GitHub',
  date: '2026-11-30',
  source:
    'docs.github.com, Authorizing OAuth apps; github/github-mcp-server#1404, modelcontextprotocol/python-sdk#1523',
  serves: (host) => host === 'github.com' || host === 'api.github.com' || within(host, 'ghe.com'),
  advice: {
    'registration/no-usable-mechanism':
      'GitHub registers nobody: make an OAuth app or GitHub App (Settings, Developer settings) and give its client id, and secret, to the client.',
    'token/response-not-json':
      'GitHub answers form-encoded unless the request says Accept: application/json.',
    'token/response-invalid':
      'GitHub answers form-encoded unless the request says Accept: application/json, and reports errors with status 200.',
    'authorization/redirect-uri-unregistered':
      'Set the Authorization callback URL of the GitHub app to the redirect URI of the client; for loopback any port is taken.',
  },
  codes: {
    bad_verification_code: 'GitHub: the code is wrong, used or older than ten minutes.',
    incorrect_client_credentials:
      'GitHub: client id and secret do not belong together; look in the settings of the OAuth app under Client secrets.',
    redirect_uri_mismatch:
      'GitHub: set the Authorization callback URL of the app (Settings, Developer settings) to the redirect URI of the client.',
  },
}
