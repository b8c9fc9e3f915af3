import { type Provider, within } from './provider.ts'

const jwt =
  'Salesforce: turn on Issue JSON Web Token (JWT)-based access tokens for named users under Security of the External Client App.'

export const salesforce: Provider = {
  name: 'Salesforce',
  date: '2026-11-30',
  source:
    'https://developer.salesforce.com/docs/platform/hosted-mcp-servers/guide/create-external-client-app.html, https://developer.salesforce.com/workshops/try-headless-360/2-create-the-app; forcedotcom/mcp-hosted#1, #30, #44, #47, cognizant-ai-lab/nsflow#233, abisek/salesforce-elf-browser#9',
  serves: (host) => within(host, 'salesforce.com') || within(host, 'force.com'),
  advice: {
    'registration/no-usable-mechanism':
      'Salesforce wants an External Client App (Setup, External Client App Manager) with the Callback URL of the client; its client id goes into the settings of the client.',
    'discovery/asm-issuer-mismatch':
      'Salesforce has https://login.salesforce.com, or the My Domain URL of the org, as its issuer: list that in authorization_servers.',
    'authorization/redirect-uri-unregistered':
      'The Callback URL of the External Client App has to be exactly the one that the client sends; localhost is not 127.0.0.1.',
    'audience/token-format-unsupported': jwt,
    'scope/rejected-by-as':
      'The scope of hosted MCP servers of Salesforce is mcp_api (Access Salesforce hosted MCP servers): add it to the OAuth Scopes of the External Client App.',
  },
  codes: {
    OAUTH_APP_ACCESS_DENIED:
      'Salesforce was seen to say so where the user declined, or where IP restrictions of the app keep the user out.',
    OAUTH_APPROVAL_ERROR_GENERIC:
      'Salesforce has the reason in the address of that page: error and error_description.',
    INVALID_AUTH_HEADER: jwt,
    INVALID_JWT_FORMAT: jwt,
  },
}
