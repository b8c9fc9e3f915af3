import * as flow from '../whole-flow.ts'
import { type Reported, answer, asked, renamed } from './parts.ts'

const { healthy } = flow

const needs = (scope: string) =>
  `< HTTP/1.1 403 Forbidden
< www-authenticate: Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${flow.metadataUrl}"
< content-type: application/json

{"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"Insufficient scope: ${scope} required"}}`

const tool = (token: string, name: string, said?: string) =>
  flow.call('tools/call', token, said, `{"name":"${name}","arguments":{}}`)

/** One more login of the same client, for these scopes alone. */
function loginFor(scope: string, number: string): string {
  const token = flow.jwt({ jti: number, scope })
  const code = flow.secret(`code_ ${number}`)
  const verifier = `${flow.verifier}${number}`
  return [
    flow.authorize({
      state: `Zm9vYmFyYmF6${number}`,
      scope,
      code_challenge: `\${s256 ${verifier}}`,
    }),
    renamed(healthy.callback, {
      [flow.secret('code_ one')]: code,
      Zm9vYmFyYmF6cXV4: `Zm9vYmFyYmF6${number}`,
    }),
    flow.tokenRequest(
      { ...flow.redemption, code, code_verifier: verifier },
      flow.json({ access_token: token, token_type: 'Bearer', expires_in: 3600, scope }),
    ),
  ].join('\n')
}

/** Further logins that broke by their client. */
export const byFurtherClients: readonly Reported[] = [
  {
    thread: 'anthropics/claude-code#68720',
    verdict: 'pass',
    rule: 'scope/step-up-mishandled',
    fault: 'client',
    http: [
      flow.flowUpTo('list'),
      tool(flow.firstToken, 'events_delete', needs('events:write')),
      healthy.resourceMetadata,
      healthy.serverMetadata,
      '\n# at 12:05:00\n',
      tool(flow.firstToken, 'events_list'),
    ].join('\n'),
  },
  {
    thread: 'taylorwilsdon/google_workspace_mcp#532',
    verdict: 'fail',
    rule: 'pkce/verifier-missing',
    fault: 'client',
    step: 'token',
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(
        { ...flow.redemption, code_verifier: undefined },
        flow.json(
          { error: 'invalid_grant', error_description: 'Missing code verifier.' },
          '400 Bad Request',
        ),
      ),
    }),
  },
  {
    thread: 'modelcontextprotocol/python-sdk#2676',
    verdict: 'fail',
    rule: 'scope/step-up-mishandled',
    fault: 'undetermined',
    candidate: 'client',
    step: 'challenge',
    http: [
      renamed(flow.flowUpTo('initialize', { authorize: flow.authorize({ scope: 'files:read' }) }), {
        'mcp:tools': 'files:read',
      }),
      tool(flow.jwt({ scope: 'files:read' }), 'write', needs('files:write')),
      loginFor('files:write', '2'),
      tool(flow.jwt({ jti: '2', scope: 'files:write' }), 'write'),
      tool(flow.jwt({ jti: '2', scope: 'files:write' }), 'read', needs('files:read')),
      loginFor('files:read', '3'),
      tool(flow.jwt({ jti: '3', scope: 'files:read' }), 'read'),
      tool(flow.jwt({ jti: '3', scope: 'files:read' }), 'write', needs('files:write')),
    ].join('\n'),
  },
  {
    thread: 'cloudflare/agents#1666',
    verdict: 'fail',
    rule: 'pkce/verifier-mismatch',
    fault: 'client',
    step: 'token',
    http: [
      flow.flowUpTo('registration'),
      flow.authorize({
        state: 'first',
        code_challenge: '${s256 the-first-verifier-that-was-made-here-it-is}',
      }),
      flow.authorize({
        state: 'second',
        code_challenge: '${s256 the-second-verifier-that-was-made-here-it-is}',
      }),
      renamed(healthy.callback, { Zm9vYmFyYmF6cXV4: 'first' }),
      flow.tokenRequest(
        { ...flow.redemption, code_verifier: 'the-second-verifier-that-was-made-here-it-is' },
        flow.json(
          { error: 'invalid_grant', error_description: 'Invalid PKCE code_verifier' },
          '400 Bad Request',
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-code#4760',
    verdict: 'fail',
    rule: 'registration/client-unknown-to-as',
    fault: 'undetermined',
    candidate: 'client',
    step: 'authorize',
    http: [
      flow.flowUpTo('serverMetadata'),
      asked({ client_id: '0f3c1d52-removed' }),
      answer(
        '400 Bad Request',
        '<!doctype html><title>Error</title><h1>Invalid client</h1><p>The client 0f3c1d52-removed is not registered.</p>',
        'text/html',
      ),
    ].join('\n'),
  },
  {
    thread: 'punkpeye/mcp-remote#240',
    verdict: 'fail',
    rule: 'scope/rejected-by-as',
    fault: 'client',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration', {
        challenge: flow.opening(flow.challenge(`Bearer resource_metadata="${flow.metadataUrl}"`)),
        resourceMetadata: flow.get(
          flow.metadataUrl,
          flow.json({ resource: flow.endpoint, authorization_servers: [flow.issuer] }),
        ),
        serverMetadata: flow.get(
          `${flow.issuer}/.well-known/oauth-authorization-server`,
          flow.json(flow.serverDocument({ scopes_supported: [] })),
        ),
      }),
      flow.authorize({ scope: 'openid email profile' }),
      `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_scope&error_description=The+client+will+have+no+permissions+with+the+requested+scope&state=Zm9vYmFyYmF6cXV4&iss=${encodeURIComponent(flow.issuer)}
`,
    ].join('\n'),
  },
]
