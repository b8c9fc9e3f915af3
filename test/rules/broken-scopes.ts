import type { Broken } from './broken-flows.ts'
import * as flow from './whole-flow.ts'

const server = (changes: Record<string, unknown>) =>
  flow.get(
    `${flow.issuer}/.well-known/oauth-authorization-server`,
    flow.json(flow.serverDocument(changes)),
  )
const refusedLogin = (description = '') => `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_scope${description === '' ? '' : `&error_description=${encodeURIComponent(description)}`}&state=Zm9vYmFyYmF6cXV4&iss=${encodeURIComponent(flow.issuer)}
`
const forbidden = (params: string) => `< HTTP/1.1 403 Forbidden
< www-authenticate: Bearer error="insufficient_scope"${params}, resource_metadata="${flow.metadataUrl}"
< content-type: application/json

{"error":"insufficient_scope"}`
const first = (answer: string, token = flow.firstToken) =>
  flow.sessionStart(token, answer).split('\n\n> POST')[0]!
const grants = (scope: string) => {
  const token = flow.jwt({ scope })
  const answer = flow
    .tokens(token, flow.secret('rt_ one'))
    .replace('"scope":"mcp:tools","refresh', `"scope":"${scope}","refresh`)
  return { token, part: flow.tokenRequest(flow.redemption, answer) }
}
const other = grants('other')
const gateway = (fields: string) =>
  flow.opening(`< HTTP/1.1 401 Unauthorized\n< content-type: application/json\n${fields}\n\n{}`)

/** Logins that break over scopes, refreshes, or something on the way. */
export const brokenScopes: readonly Broken[] = [
  {
    rule: 'scope/server-refuses-own-scope',
    fault: 'authorization-server',
    http: flow.flowUpTo('callback', { callback: refusedLogin('mcp:tools') }),
  },
  {
    rule: 'scope/documents-disagree',
    fault: 'resource-server',
    http: flow.flowUpTo('callback', {
      serverMetadata: server({ scopes_supported: ['openid'] }),
      callback: refusedLogin(),
    }),
  },
  {
    rule: 'scope/malformed',
    fault: 'client',
    http: flow.flowUpTo('callback', {
      authorize: flow.authorize({ scope: ' mcp:tools' }),
      callback: refusedLogin(),
    }),
  },
  {
    rule: 'scope/selection-ignored',
    fault: 'client',
    http: flow.flowUpTo('initialize', {
      authorize: flow.authorize({ scope: 'other' }),
      token: other.part,
      initialize: first(forbidden(', scope="mcp:tools"'), other.token),
    }),
  },
  {
    rule: 'scope/insufficient-scope-unsignalled',
    fault: 'resource-server',
    http: flow.flowUpTo('initialize', { initialize: first(forbidden('')) }),
  },
  {
    rule: 'scope/step-up-mishandled',
    fault: 'client',
    http: flow.flowUpTo('initialize', { initialize: first(forbidden(', scope="admin"')) }),
  },
  {
    rule: 'scope/granted-less-than-required',
    fault: 'authorization-server',
    http: flow.flowUpTo('initialize', {
      authorize: flow.authorize({ scope: 'mcp:tools admin' }),
      initialize: first(forbidden(', scope="admin"')),
    }),
  },
  {
    rule: 'refresh/offline-access-misplaced',
    fault: 'client',
    http: flow.flowUpTo('callback', {
      authorize: flow.authorize({ scope: 'mcp:tools offline_access' }),
      callback: refusedLogin(),
    }),
  },
  {
    rule: 'intermediary/www-authenticate-altered',
    fault: 'intermediary',
    http: flow.flowUpTo('challenge', {
      challenge: gateway(
        `< x-amzn-remapped-www-authenticate: Bearer resource_metadata="${flow.metadataUrl}"\n< x-amz-apigw-id: a1`,
      ),
    }),
  },
  {
    rule: 'intermediary/wellknown-not-routed',
    fault: 'intermediary',
    http: flow.flowUpTo('resourceMetadata', {
      challenge: gateway('< server: uvicorn\n< www-authenticate: Bearer'),
      resourceMetadata: [
        flow.metadataUrl,
        'https://mcp.example/.well-known/oauth-protected-resource',
      ]
        .map((url) =>
          flow.get(
            url,
            '< HTTP/1.1 404 Not Found\n< server: nginx\n< content-type: text/html\n\n<h1>404 Not Found</h1>',
          ),
        )
        .join(''),
    }),
  },
  {
    rule: 'intermediary/header-too-large',
    fault: 'undetermined',
    http: flow.flowUpTo('initialize', {
      initialize: first('< HTTP/1.1 431 Request Header Fields Too Large'),
    }),
  },
  {
    rule: 'intermediary/cached-auth-response',
    fault: 'intermediary',
    http: flow.flowUpTo('initialize', {
      initialize: first(
        `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer resource_metadata="${flow.metadataUrl}"\n< age: 40`,
      ),
    }),
  },
  {
    rule: 'flow/auth-era-mismatch',
    fault: 'client',
    http: [
      flow.healthy.challenge.replace('2025-11-25', '2025-03-26'),
      flow
        .get('https://mcp.example/.well-known/oauth-authorization-server', flow.notFound)
        .replace('2025-11-25', '2025-03-26'),
      `
> POST https://mcp.example/register
> content-type: application/json

{"client_name":"client","redirect_uris":["${flow.redirectUri}"]}

${flow.notFound}
`,
    ].join('\n'),
  },
]
