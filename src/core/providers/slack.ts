import { type Provider, within } from './provider.ts'

export const slack: Provider = {
  name: 'Slack',
  date: '2026-11-30',
  source: 'docs.slack.dev, Installing with OAuth; anthropics/claude-code#51345, coder/coder#26150',
  serves: (host) => within(host, 'slack.com'),
  advice: {
    'registration/no-usable-mechanism':
      'Slack registers nobody: create an app at api.slack.com/apps and give its client id to the client.',
    'token/response-invalid':
      'Slack answers 200 with ok: false when it refuses, and puts a user token under authed_user.access_token.',
    'authorization/redirect-uri-unregistered':
      'Slack compares redirect URIs whole, port included: add it under OAuth & Permissions, Redirect URLs.',
  },
  codes: {
    bad_redirect_uri:
      'Slack: add the redirect URI under OAuth & Permissions, Redirect URLs, of the app.',
    invalid_team_for_non_distributed_app:
      'Slack: the app is not distributed; turn on Manage Distribution, or log in to the workspace that owns it.',
  },
}
