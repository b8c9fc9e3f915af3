import type { Broken } from './broken-flows.ts'
import * as flow from './whole-flow.ts'

const documentId = 'https://client.example/mcp-client.json'
const server = (changes: Record<string, unknown>) =>
  flow.get(
    `${flow.issuer}/.well-known/oauth-authorization-server`,
    flow.json(flow.serverDocument(changes)),
  )
const client = {
  client_name: 'client',
  application_type: 'native',
  redirect_uris: [flow.redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'mcp:tools',
}
const registration = (body: string, answer: string, type = 'application/json') => `
> POST ${flow.issuer}/register
> content-type: ${type}
> accept: application/json

${body}

${answer}
`
const badUri = flow.json({ error: 'invalid_redirect_uri' }, '400 Bad Request')
const invalidClient = flow.json({ error: 'invalid_client' }, '401 Unauthorized')
const page = (answer: string) =>
  flow
    .authorize({ client_id: documentId })
    .replace('# handed-over client=browser', '# client=browser') + `\n${answer}\n`
const unknownClient =
  '< HTTP/1.1 400 Bad Request\n< content-type: text/html\n\n<h1>Unknown client</h1>'

/** Logins that break over the client's id, metadata or way to authenticate. */
export const brokenRegistrations: readonly Broken[] = [
  {
    rule: 'registration/method-not-negotiated',
    fault: 'authorization-server',
    http: flow.flowUpTo('token', {
      serverMetadata: server({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
      token: flow.tokenRequest(flow.redemption, invalidClient),
    }),
  },
  {
    rule: 'registration/auth-method-conflict',
    fault: 'authorization-server',
    http: flow.flowUpTo('token', {
      registration: registration(
        JSON.stringify(client),
        flow.json(
          {
            ...client,
            client_id: flow.clientId,
            client_secret: flow.secret('cs_ one'),
            client_secret_expires_at: 0,
          },
          '201 Created',
        ),
      ),
      token: flow.tokenRequest(flow.redemption, invalidClient),
    }),
  },
  {
    rule: 'registration/application-type-mismatch',
    fault: 'client',
    http: flow.flowUpTo('registration', {
      registration: registration(JSON.stringify({ ...client, application_type: 'web' }), badUri),
    }),
  },
  {
    rule: 'registration/redirect-uri-unsafe',
    fault: 'client',
    http: flow.flowUpTo('registration', {
      registration: registration(
        JSON.stringify({ ...client, redirect_uris: ['http://app.example/cb'] }),
        badUri,
      ),
    }),
  },
  {
    rule: 'registration/request-incomplete',
    fault: 'client',
    http: flow.flowUpTo('registration', {
      registration: registration(
        `redirect_uris=${encodeURIComponent(flow.redirectUri)}`,
        flow.json({ error: 'invalid_client_metadata' }, '400 Bad Request'),
        'application/x-www-form-urlencoded',
      ),
    }),
  },
  {
    rule: 'registration/client-id-mismatch',
    fault: 'client',
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(
        { ...flow.redemption, client_id: 'client-8' },
        flow.json({ error: 'invalid_grant' }, '400 Bad Request'),
      ),
    }),
  },
  {
    rule: 'registration/cimd-support-mismatch',
    fault: 'client',
    http: flow.flowUpTo('authorize', { registration: '', authorize: page(unknownClient) }),
  },
  {
    rule: 'registration/cimd-invalid',
    fault: 'client',
    http: flow.flowUpTo('authorize', {
      serverMetadata: server({ client_id_metadata_document_supported: true }),
      registration: '',
      authorize:
        page(unknownClient) +
        flow.get(
          documentId,
          flow.json({
            client_id: `${documentId}/`,
            client_name: 'client',
            redirect_uris: [flow.redirectUri],
          }),
        ),
    }),
  },
  {
    rule: 'scope/server-refuses-own-scope',
    fault: 'authorization-server',
    http: flow.flowUpTo('registration', {
      registration: flow.healthy.registration.replace(
        /< HTTP[^]*/,
        flow.json(
          {
            error: 'invalid_client_metadata',
            error_description: 'The scope mcp:tools is not allowed',
          },
          '400 Bad Request',
        ),
      ),
    }),
  },
]
