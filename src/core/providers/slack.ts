import { type Provider, within } from './provider.ts'

export const slack: Provider = {
  name: 'Slack',
  date: '2026-11-30',
  source:
    'docs.slack.dev/tools/java-slack-sdk/guides/app-distribution; hexdocs.pm, SlackWeb.Oauth.V2.access; nango.dev/blog/fix-slack-oauth-error-invalid-team-for-non-distributed-app; docs.unified.to, slack-oauth-app; ngs/ts-dakoku#20, anthropics/claude-code#51345, coder/coder#26150, nicobailon/pi-mcp-adapter#53',
  serves: (host) => within(host, 'slack.com'),
  advice: {
    'registration/no-usable-mechanism':
      'Slack has no registration_endpoint: create an app at api.slack.com/apps and give its client id to the client.',
    'token/response-invalid':
      'Slack answers 200 with ok: false when it refuses, and puts a user token under authed_user.access_token.',
    'authorization/redirect-uri-unregistered':
      'Slack takes only redirect URIs that the app has: add it under OAuth & Permissions, Redirect URLs.',
  },
  manners: ['scope/malformed#comma-separated', 'token/response-invalid#token-type-unknown'],
  codes: {
    bad_redirect_uri:
      'Slack: the token request has another redirect_uri than the authorization request.',
    'did not match any configured URIs':
      'Slack: add the redirect URI to the app under OAuth & Permissions, Redirect URLs.',
    invalid_team_for_non_distributed_app:
      'Slack: the app may be installed only in the workspace that made it: turn on distribution under Settings, Manage Distribution, or log in to that workspace.',
  },
}
