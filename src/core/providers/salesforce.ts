import { type Provider, within } from './provider.ts'

export const salesforce: Provider = {
  name: 'Salesforce',
  date: '2026-11-30',
  source: 'developer.salesforce.com, hosted MCP; forcedotcom/mcp-hosted#30, #44',
  serves: (host) => within(host, 'salesforce.com') || within(host, 'force.com'),
  advice: {
    'registration/no-usable-mechanism':
      'Salesforce registers nobody: create an External Client App (Setup, External Client App Manager) with the redirect URI of the client, and give its consumer key to the client.',
    'discovery/asm-issuer-mismatch':
      'Salesforce serves metadata under the My Domain URL of the org (https://<name>.my.salesforce.com) and under login.salesforce.com: name the one whose issuer it is.',
    'authorization/redirect-uri-unregistered':
      'Salesforce compares callback URLs whole, and localhost is not 127.0.0.1: add it to the External Client App.',
  },
  codes: {
    OAUTH_APP_ACCESS_DENIED:
      'Salesforce: let the profile or permission set of the user use the app: External Client App Manager, Policies.',
    OAUTH_APPROVAL_ERROR_GENERIC:
      'Salesforce: look at the policies of the External Client App, and whether its PKCE setting fits the client.',
  },
}
