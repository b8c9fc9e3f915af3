import { type Provider, within } from './provider.ts'

export const entra: Provider = {
  name: 'Microsoft Entra ID',
  date: '2026-11-30',
  source:
    'learn.microsoft.com/entra, error codes; microsoft/vscode#254009, #278300, modelcontextprotocol/csharp-sdk#1801',
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
    'registration/no-usable-mechanism':
      'Entra ID registers nobody and takes no client metadata documents: make an app registration and give its client id to the client.',
    'claims/issuer-mismatch':
      'v1 tokens of Entra ID say https://sts.windows.net/<tenant id>/; set requestedAccessTokenVersion to 2 in the manifest of the API for https://login.microsoftonline.com/<tenant id>/v2.0.',
    'pkce/support-not-advertised':
      'Entra ID supports S256 and does not list it; clients that insist on the list need an authorization server in front.',
    'refresh/none-issued':
      'Entra ID issues a refresh token only where offline_access was asked for.',
    'authorization/redirect-uri-unregistered':
      'Add the redirect URI in the app registration under Authentication: as Mobile and desktop for loopback, as Web for a server, as SPA for a page.',
  },
  codes: {
    AADSTS50011:
      'Entra ID: the redirect URI is not registered: app registration, Authentication; loopback URIs belong to Mobile and desktop applications.',
    AADSTS65001:
      'Entra ID: nobody has consented: grant it under API permissions, or pre-authorize the client under Expose an API.',
    AADSTS90094:
      'Entra ID: an administrator has to consent: Enterprise applications, the client, Permissions, Grant admin consent.',
    AADSTS700016:
      'Entra ID: this tenant has no such client: look at the client id and at the tenant in the URL.',
    AADSTS500011:
      'Entra ID: no application has this resource: look at Application ID URI under Expose an API.',
    AADSTS901002:
      'Entra ID: leave out resource and ask for the scope <Application ID URI>/<scope>.',
    AADSTS9010010:
      'Entra ID: resource and scope name different applications: add the MCP URL as an Application ID URI and ask for its scope.',
    AADSTS9002326:
      'Entra ID: a page redeems the code: register the redirect URI as Single-page application.',
    AADSTS900144:
      'Entra ID: the request has no scope: ask for <Application ID URI>/.default or a scope of the API.',
    AADSTS7000218:
      'Entra ID: the client has no secret: set Allow public client flows under Authentication, or register the redirect URI as Mobile and desktop.',
    AADSTS7000215:
      'Entra ID: the secret is wrong: use the Value, not the Secret ID, under Certificates & secrets.',
    AADSTS70011:
      'Entra ID: a scope is not valid: scopes of one API only, each with its Application ID URI.',
    AADSTS50105:
      'Entra ID: the user is not assigned: Enterprise applications, the app, Users and groups.',
    AADSTS50076: 'Entra ID: a policy asks for a second factor: log in anew with a browser.',
    AADSTS54005: 'Entra ID: the code has been redeemed already.',
    AADSTS700082: 'Entra ID: the refresh token was not used for too long: log in anew.',
    AADSTS700084: 'Entra ID: refresh tokens of pages last 24 hours: log in anew.',
  },
}
