import { type Provider, within } from './provider.ts'

export const entra: Provider = {
  name: 'Microsoft Entra ID',
  date: '2026-11-30',
  source:
    'learn.microsoft.com/entra/identity-platform: reference-error-codes, access-token-claims-reference, reply-url, scopes-oidc, refresh-tokens, how-to-add-redirect-uri, quickstart-configure-app-expose-web-apis; learn.microsoft.com/entra/identity/enterprise-apps: grant-admin-consent, assign-user-or-group-access-portal; learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/confidential-client-application-authentication-error-aadsts7000218; CyberDrain/CIPP#351, openai/codex#38973, microsoft/vscode#278300, AzureAD/microsoft-authentication-library-for-python#600, vercel/ai#18674, umijs/umi-request#299, anthropics/claude-code#73460',
  serves: (host) =>
    within(host, 'microsoftonline.com') ||
    host === 'sts.windows.net' ||
    within(host, 'ciamlogin.com'),
  advice: {
    'audience/as-rejects-resource':
      'Entra ID takes the resource from the prefix of the scope and compares it with the parameter. Add the MCP URL to identifierUris of the app and ask for its scope, or let the client leave resource out.',
    'audience/aud-mismatch':
      'Entra ID sets aud to the client id of the API in v2.0 tokens, and to that or the resource URI of the request in v1.0 tokens. Let the MCP server expect that value.',
    'discovery/asm-issuer-mismatch':
      'The common and organizations documents of Entra ID carry a template in place of the tenant. List https://login.microsoftonline.com/<tenant id>/v2.0 in authorization_servers.',
    'discovery/asm-missing':
      'Entra ID serves <issuer>/.well-known/openid-configuration, appended to the path, and not the inserted form, for issuers of the form https://login.microsoftonline.com/<tenant id>/v2.0.',
    'registration/no-usable-mechanism':
      'Entra ID has no registration_endpoint: make an app registration and give its client id to the client.',
    'claims/issuer-mismatch':
      'v1.0 tokens of Entra ID say https://sts.windows.net/<tenant id>/; set requestedAccessTokenVersion to 2 in the manifest of the API for https://login.microsoftonline.com/<tenant id>/v2.0.',
    'pkce/support-not-advertised':
      'Entra ID supports S256 and does not list it in its metadata: the client may take S256 for supported.',
    'refresh/none-issued':
      'Entra ID issues a refresh token only where offline_access was asked for.',
    'authorization/redirect-uri-unregistered':
      'Add the redirect URI in App registrations, the app, Authentication, Add a platform: Mobile and desktop applications for a desktop app, Web for a server, Single-page application for a page. Ports of localhost are not compared.',
  },
  codes: {
    AADSTS50011:
      'Entra ID: the app has no such redirect URI: add it in App registrations, the app, Authentication, Add a platform; a desktop app belongs to Mobile and desktop applications.',
    AADSTS65001:
      'Entra ID: nobody has consented: App registrations, the app, API permissions, Grant admin consent, or pre-authorize the client under Expose an API, Authorized client applications.',
    AADSTS90094:
      'Entra ID: an administrator has to consent: Enterprise apps, the app, Permissions, Grant admin consent.',
    AADSTS700016:
      'Entra ID: this tenant has no such client: look at the client id and at the tenant in the URL.',
    AADSTS500011:
      'Entra ID: this tenant has no application with this resource: look at the tenant, and at Application ID URI under Expose an API.',
    AADSTS901002:
      'Entra ID: it does not take the parameter resource: leave it out, and ask for the scope <Application ID URI>/<scope>.',
    AADSTS9010010:
      'Entra ID: resource and scope name different applications: add the MCP URL to identifierUris of the app and ask for its scope.',
    AADSTS650053:
      'Entra ID: a scope without an Application ID URI in front is one of Microsoft Graph: ask for <Application ID URI>/<scope>.',
    AADSTS9002326:
      'Entra ID: a request with an Origin redeems the code: register the redirect URI as Single-page application, or redeem it without Origin.',
    AADSTS900144:
      'Entra ID: the request lacks the parameter that it names; a scope is <Application ID URI>/<scope>.',
    AADSTS7000218:
      'Entra ID: the token request has no secret and the app is confidential: send the secret, or, where the client can keep none, set Allow public client flows (App registrations, the app, Authentication).',
    AADSTS7000215:
      'Entra ID: the secret is wrong: send the value of the client secret, not its ID.',
    AADSTS70011:
      'Entra ID: a scope is not valid; a scope of an API is <Application ID URI>/<scope>.',
    AADSTS50105:
      'Entra ID: the user is not assigned to the app: Enterprise apps, the app, Users and groups, Add user/group.',
    AADSTS50076: 'Entra ID: a policy asks for a second factor: begin a new authorization request.',
    AADSTS54005:
      'Entra ID: the code has been redeemed already: take a new one, or the refresh token.',
    AADSTS700082: 'Entra ID: the refresh token was not used for too long: log in anew.',
    AADSTS700084:
      'Entra ID: refresh tokens for a redirect URI of the kind Single-page application last 24 hours: log in anew.',
  },
}
