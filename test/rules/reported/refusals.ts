import { type Reported, page } from './logins.ts'
import * as flow from '../whole-flow.ts'

const html = (title: string, words: string, status = '200 OK', fields = '') =>
  `< HTTP/1.1 ${status}
< content-type: text/html; charset=utf-8${fields}

<!DOCTYPE html><html><head><title>${title}</title></head><body><p>${words}</p></body></html>`

const metadataClient = 'https://client.example/oauth/metadata'
const takesDocuments = {
  serverMetadata: flow.get(
    `${flow.issuer}/.well-known/oauth-authorization-server`,
    flow.json(flow.serverDocument({ client_id_metadata_document_supported: true })),
  ),
  registration: '',
}

const tenant = 'https://login.microsoftonline.com/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10'
const entra = {
  resourceMetadata: flow.get(
    flow.metadataUrl,
    flow.json(
      flow.resourceDocument({
        authorization_servers: [`${tenant}/v2.0`],
        scopes_supported: ['api://5e1d/mcp.read'],
      }),
    ),
  ),
  serverMetadata: flow.get(
    `${tenant}/v2.0/.well-known/openid-configuration`,
    flow.json({
      issuer: `${tenant}/v2.0`,
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    }),
  ),
  registration: '',
}

/** Logins that people reported in public threads, in which an authorization server or something between broke them. */
export const reportedServers: readonly Reported[] = [
  {
    thread: 'microsoft/vscode#278512',
    name: 'a server compares the port of a loopback address',
    rule: 'authorization/loopback-port-rejected',
    fault: 'authorization-server',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', {
        registration: flow.healthy.registration.replaceAll(
          '["http://127.0.0.1:41234/callback"]',
          '["http://127.0.0.1/","http://127.0.0.1:33418/"]',
        ),
      }),
      page(
        flow.authorize({ redirect_uri: 'http://127.0.0.1:59656/' }),
        html('Error', 'Invalid Redirect URI', '400 Bad Request'),
      ),
    ].join('\n'),
  },
  {
    thread: 'guillermoscript/lms-front#264',
    name: 'a framework answers the well-known places itself',
    rule: 'challenge/resource-metadata-unusable',
    fault: 'resource-server',
    step: 'challenge',
    http: [
      flow.opening(
        flow.challenge(
          'Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource"',
        ),
      ),
      ...['oauth-protected-resource', 'oauth-authorization-server'].map((name) =>
        flow.get(
          `https://mcp.example/.well-known/${name}`,
          html(
            '404: This page could not be found.',
            'This page could not be found.',
            '404 Not Found',
            '\n< x-powered-by: Next.js',
          ),
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'BuilderIO/agent-native#2532',
    name: 'a server compares the port of a loopback address in a client metadata document',
    rule: 'authorization/endpoint-error-page',
    fault: 'undetermined',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', takesDocuments),
      page(
        flow.authorize({
          client_id: metadataClient,
          redirect_uri: 'http://localhost:3118/callback',
        }),
        flow.json(
          { error: 'invalid_client', error_description: 'Unknown client or redirect_uri' },
          '400 Bad Request',
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'getsentry/sentry-mcp#1190',
    name: 'a server says no more than that the redirect URI is invalid',
    rule: 'authorization/endpoint-error-page',
    fault: 'undetermined',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', takesDocuments),
      page(
        flow.authorize({
          client_id: metadataClient,
          redirect_uri: 'http://localhost:57470/callback',
        }),
        '< HTTP/1.1 400 Bad Request\n< content-type: text/plain;charset=UTF-8\n< server: cloudflare\n< cf-ray: 9a1b2c3d4e5f6789-FRA\n\nInvalid redirect URI',
      ),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-code#73460',
    name: 'Entra ID refuses a resource beside the scope of another',
    rule: 'audience/as-rejects-resource',
    fault: 'resource-server',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', entra),
      page(
        flow
          .authorize({ scope: 'api://5e1d/mcp.read offline_access' })
          .replace(`${flow.issuer}/authorize`, `${tenant}/oauth2/v2.0/authorize`),
        html(
          'Sign in to your account',
          'Sorry, but we’re having trouble signing you in. AADSTS9010010: The resource parameter provided in the request doesn’t match with the requested scopes.',
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'ChronoAIProject/NyxID#434',
    name: 'a scope is advertised and granted to nobody',
    rule: 'scope/server-refuses-own-scope',
    fault: 'authorization-server',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', {
        serverMetadata: flow.get(
          `${flow.issuer}/.well-known/oauth-authorization-server`,
          flow.json(flow.serverDocument({ scopes_supported: ['mcp:tools', 'roles'] })),
        ),
        registration: flow.healthy.registration.replaceAll(',"scope":"mcp:tools"', ''),
      }),
      flow.authorize({ scope: 'mcp:tools roles' }),
      `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_scope&error_description=Scope%20%27roles%27%20is%20not%20allowed%20for%20this%20client&state=Zm9vYmFyYmF6cXV4&iss=https%3A%2F%2Fas.example
`,
    ].join('\n'),
  },
  {
    thread: 'twentyhq/twenty#20296',
    name: 'an edge lets nobody but people in',
    rule: 'intermediary/request-blocked',
    fault: 'intermediary',
    step: 'challenge',
    http: flow.flowUpTo('initialize', {
      initialize: flow
        .sessionStart(
          flow.firstToken,
          '< HTTP/1.1 403 Forbidden\n< content-type: text/plain\n< server: cloudflare\n< cf-ray: 9a1b2c3d4e5f6789-FRA\n\nYour request was blocked.',
        )
        .split('\n\n> POST')[0]!,
    }),
  },
  {
    thread: 'anthropics/claude-ai-mcp#158',
    name: 'a server registers no client that calls back to this host',
    rule: 'registration/rejected',
    fault: 'authorization-server',
    step: 'registration',
    http: flow.flowUpTo('registration', {
      registration: flow.healthy.registration
        .replaceAll('"application_type":"native",', '')
        .replaceAll(flow.redirectUri, 'https://app.example/api/mcp/auth_callback')
        .replace(
          /< HTTP[^]*/,
          flow.json(
            { error: 'invalid_redirect_uri', error_description: 'host is not allowed' },
            '400 Bad Request',
          ),
        ),
    }),
  },
]
