import * as flow from '../whole-flow.ts'
import { type Reported, renamed } from './parts.ts'

const { healthy } = flow
const unmarked = (words: string, fields = '') =>
  flow.opening(`< HTTP/1.1 401 Unauthorized\n< content-type: text/plain${fields}\n\n${words}`)

/** Further logins that broke by the MCP server, or by what stands in front of it. */
export const byFurtherServers: readonly Reported[] = [
  {
    thread: 'cloudflare/workers-oauth-provider#137',
    verdict: 'fail',
    rule: 'discovery/prm-missing',
    fault: 'resource-server',
    step: 'resource-metadata',
    http: [
      flow.opening(
        flow.challenge(
          'Bearer realm="OAuth", error="invalid_token", error_description="Missing or invalid access token"',
        ),
      ),
      flow.get(flow.metadataUrl, flow.notFound),
      flow.get('https://mcp.example/.well-known/oauth-protected-resource', flow.notFound),
    ].join('\n'),
  },
  {
    thread: 'taylorwilsdon/google_workspace_mcp#182',
    verdict: 'fail',
    rule: 'discovery/endpoint-unreachable',
    fault: 'resource-server',
    step: 'resource-metadata',
    http: [
      flow.opening(
        flow.challenge(
          'Bearer resource_metadata="https://mcp.example:8000/.well-known/oauth-protected-resource"',
        ),
      ),
      `
> GET https://mcp.example:8000/.well-known/oauth-protected-resource

! tcp ECONNREFUSED
`,
    ].join('\n'),
  },
  {
    thread: 'obot-platform/obot#7155',
    verdict: 'fail',
    rule: 'challenge/www-authenticate-missing',
    fault: 'resource-server',
    step: 'challenge',
    http: unmarked('unauthorized'),
  },
  {
    thread: 'activepieces/activepieces#13143',
    verdict: 'fail',
    rule: 'discovery/prm-resource-mismatch',
    fault: 'resource-server',
    step: 'resource-metadata',
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ resource: 'https://cloud.pieces.example/mcp' })),
      ),
    }),
  },
  {
    thread: 'PrefectHQ/fastmcp#1964',
    verdict: 'fail',
    rule: 'audience/as-rejects-resource',
    fault: 'authorization-server',
    step: 'authorize',
    http: [
      renamed(flow.flowUpTo('registration'), { [flow.issuer]: 'https://mcp.example' }),
      `
# client=browser
> GET https://mcp.example/authorize?response_type=code&client_id=${flow.clientId}&redirect_uri=${encodeURIComponent(flow.redirectUri)}&state=Zm9vYmFyYmF6cXV4&code_challenge=\${s256 ${flow.verifier}}&code_challenge_method=S256&resource=${encodeURIComponent(flow.endpoint)}

< HTTP/1.1 302 Found
< location: https://login.microsoftonline.com/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10/oauth2/v2.0/authorize?response_type=code&client_id=5e1d&redirect_uri=https%3A%2F%2Fmcp.example%2Fauth%2Fcallback&scope=api%3A%2F%2F5e1d%2Fread&state=t1&resource=${encodeURIComponent(flow.endpoint)}

# client=browser
> GET https://login.microsoftonline.com/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10/oauth2/v2.0/authorize?response_type=code&client_id=5e1d&redirect_uri=https%3A%2F%2Fmcp.example%2Fauth%2Fcallback&scope=api%3A%2F%2F5e1d%2Fread&state=t1&resource=${encodeURIComponent(flow.endpoint)}

< HTTP/1.1 302 Found
< location: https://mcp.example/auth/callback?error=invalid_request&error_description=AADSTS901002%3A+The+%27resource%27+request+parameter+is+not+supported.&state=t1

# client=browser
> GET https://mcp.example/auth/callback?error=invalid_request&error_description=AADSTS901002%3A+The+%27resource%27+request+parameter+is+not+supported.&state=t1

< HTTP/1.1 400 Bad Request
< content-type: text/html

<!doctype html><title>OAuth Error</title><h1>OAuth Error</h1><p>invalid_request: AADSTS901002: The 'resource' request parameter is not supported.</p>
`,
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-ai-mcp#872',
    verdict: 'fail',
    rule: 'intermediary/html-interstitial',
    fault: 'intermediary',
    step: 'challenge',
    http: [
      `
# client=probe
> POST ${flow.endpoint}
> content-type: application/json
> user-agent: python-httpx/0.28.1

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

${flow.challenge(`Bearer resource_metadata="${flow.metadataUrl}"`)}
`,
      ...[healthy.resourceMetadata, healthy.serverMetadata, healthy.registration].map((http) =>
        http.replace(/^(> (?:GET|POST) .*)$/m, '$1\n> user-agent: Claude-User'),
      ),
      healthy.authorize,
      healthy.callback,
      healthy.token.replace(/^(> POST .*)$/m, '$1\n> user-agent: Claude-User'),
      healthy.initialize
        .split('\n\n> POST')[0]!
        .replace(/^(> POST .*)$/m, '$1\n> user-agent: Claude-User')
        .replace(
          /< HTTP[^]*/,
          `< HTTP/1.1 403 Forbidden
< server: cloudflare
< cf-ray: 9a1b2c3d4e5f6a7b-FRA
< content-type: text/html; charset=UTF-8

<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1><p>You are unable to access mcp.example</p></body></html>
`,
        ),
    ].join('\n'),
  },
  {
    thread: 'modelcontextprotocol/modelcontextprotocol#581',
    verdict: 'fail',
    rule: 'challenge/www-authenticate-missing',
    fault: 'intermediary',
    step: 'challenge',
    http: [
      flow.opening(`< HTTP/1.1 401 Unauthorized
< content-type: application/json
< apigw-requestid: Hx3kfhdPoAMEMWg=

{"message":"Unauthorized"}`),
      `
# client=person
> GET ${flow.metadataUrl}
> user-agent: curl/8.7.1

${flow.json(flow.resourceDocument())}
`,
    ].join('\n'),
  },
]
