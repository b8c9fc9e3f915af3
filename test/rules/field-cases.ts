import type { Broken } from './broken-flows.ts'
import * as flow from './whole-flow.ts'

const { healthy } = flow
const over = '\n# at 14:00:00\n'
const expired = flow.challenge(
  `Bearer error="invalid_token", error_description="The access token expired", resource_metadata="${flow.metadataUrl}"`,
)
const foreign = flow.challenge(
  `Bearer error="invalid_token", error_description="invalid audience", resource_metadata="${flow.metadataUrl}"`,
)
const refresh = (answer: string, changes: Record<string, string | undefined> = {}) =>
  flow.tokenRequest(
    {
      grant_type: 'refresh_token',
      refresh_token: flow.secret('rt_ one'),
      client_id: flow.clientId,
      resource: flow.endpoint,
      ...changes,
    },
    answer,
  )
const withoutRefresh = `< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"${flow.secondToken}","token_type":"Bearer","expires_in":3600,"scope":"mcp:tools"}`
const first = (token: string, answer?: string) =>
  flow.sessionStart(token, answer).split('\n\n> POST')[0]!
const preflight = (url: string, method: string, answer: string) => `
> OPTIONS ${url}
> origin: https://app.example
> access-control-request-method: ${method}
> access-control-request-headers: authorization,content-type

${answer}
`

/** Logins that failed for people, rebuilt, with the rule and the party that have to be named. */
export const fieldCases: readonly (Broken & { readonly name: string })[] = [
  {
    name: 'a client throws its refresh token away when a renewal repeats none',
    rule: 'refresh/token-discarded',
    fault: 'client',
    http: [
      flow.flowUpTo('list'),
      refresh(withoutRefresh),
      flow.call('tools/list', flow.secondToken),
      over,
      flow.call('tools/list', flow.secondToken, expired),
      healthy.authorize,
    ].join('\n'),
  },
  {
    name: 'a renewal names no resource, and the token is for another',
    rule: 'audience/resource-param-missing',
    fault: 'client',
    http: [
      flow.flowUpTo('list'),
      refresh(flow.tokens(flow.jwt({ aud: 'api://default' }), flow.secret('rt_ two')), {
        resource: undefined,
      }),
      flow.call('tools/list', flow.jwt({ aud: 'api://default' }), foreign),
    ].join('\n'),
  },
  {
    name: 'the metadata that the challenge names is never asked for',
    rule: 'discovery/client-wrong-wellknown-url',
    fault: 'client',
    http: [
      flow.opening(
        flow.challenge(
          'Bearer resource_metadata="https://mcp.example/mcp/.well-known/oauth-protected-resource"',
        ),
      ),
      ...['oauth-protected-resource', 'oauth-authorization-server', 'openid-configuration'].map(
        (name) => flow.get(`https://mcp.example/.well-known/${name}`, flow.notFound),
      ),
      healthy.authorize
        .replace('# handed-over client=browser', '# client=browser')
        .replace('https://as.example', 'https://mcp.example') + `\n${flow.notFound}\n`,
    ].join('\n'),
  },
  {
    name: 'the well-known segment is appended to the path of the issuer',
    rule: 'discovery/client-wrong-wellknown-url',
    fault: 'client',
    http: [
      healthy.challenge,
      flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ authorization_servers: ['https://as.example/tenant'] })),
      ),
      flow.get('https://as.example/tenant/.well-known/oauth-authorization-server', flow.notFound),
    ].join('\n'),
  },
  {
    name: 'a code is redeemed twice',
    rule: 'token/code-reused',
    fault: 'client',
    http:
      flow.flowUpTo('token') +
      flow.tokenRequest(flow.redemption, flow.json({ error: 'invalid_grant' }, '400 Bad Request')),
  },
  ...[
    ['403', flow.json({ error: 'Forbidden' }, '403 Forbidden')],
    [
      'a tool error',
      flow.json({
        jsonrpc: '2.0',
        id: 2,
        result: { isError: true, content: [{ type: 'text', text: 'The access token expired' }] },
      }),
    ],
  ].map(([what, answer]) => ({
    name: `an expired token is answered with ${what}`,
    rule: 'challenge/wrong-status',
    fault: 'resource-server' as const,
    http: [
      flow.flowUpTo('callback'),
      flow.tokenRequest(flow.redemption, flow.tokens(flow.firstToken, flow.secret('rt_ one'))),
      first(flow.firstToken),
      over,
      flow.call('tools/call', flow.firstToken, answer, '{"name":"echo","arguments":{}}'),
    ].join('\n'),
  })),
  {
    name: 'the grant to renew is advertised, and the answer is no OAuth error',
    rule: 'token/error-not-oauth',
    fault: 'authorization-server',
    http: [
      flow.flowUpTo('list'),
      over,
      refresh('< HTTP/1.1 400 Bad Request\n< content-type: text/plain\n\nnot supported'),
    ].join('\n'),
  },
  {
    name: 'the token endpoint lets no page in',
    rule: 'cors/preflight-rejected',
    fault: 'authorization-server',
    http:
      flow.flowUpTo('callback') +
      preflight(`${flow.issuer}/token`, 'POST', '< HTTP/1.1 404 Not Found'),
  },
  {
    name: 'the endpoint lets no page in',
    rule: 'cors/preflight-rejected',
    fault: 'resource-server',
    http: preflight(flow.endpoint, 'POST', '< HTTP/1.1 401 Unauthorized'),
  },
  {
    name: 'registration is advertised and not supported',
    rule: 'registration/rejected',
    fault: 'authorization-server',
    http: flow.flowUpTo('registration', {
      registration: healthy.registration.replace(
        /< HTTP[^]*/,
        flow.json({ error: 'registration_not_supported' }, '400 Bad Request'),
      ),
    }),
  },
  {
    name: 'a gateway sends whoever asks for metadata to its sign-in page',
    rule: 'intermediary/html-interstitial',
    fault: 'intermediary',
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        '< HTTP/1.1 302 Found\n< location: https://mcp.example/oauth2/start?rd=%2F',
      ),
    }),
  },
]
