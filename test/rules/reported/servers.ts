import * as flow from '../whole-flow.ts'
import { type Reported, atTwo, preflight, renamed, renewedToken } from './parts.ts'

const { healthy } = flow

/** Logins that broke by the MCP server. */
export const byServers: readonly Reported[] = [
  {
    thread: 'hauptsacheNet/typo3-mcp-server#115',
    verdict: 'fail',
    rule: 'cors/preflight-rejected',
    fault: 'resource-server',
    step: 'preflight',
    http: preflight(
      flow.endpoint,
      'https://claude.ai',
      flow.challenge(`Bearer resource_metadata="${flow.metadataUrl}"`),
    ),
  },
  {
    thread: 'datarobot-oss/datarobot-genai#671',
    verdict: 'fail',
    rule: 'challenge/wrong-status',
    fault: 'resource-server',
    step: 'challenge',
    http: flow.opening(
      `< HTTP/1.1 403 Forbidden
< www-authenticate: Bearer error="invalid_token", error_description="Authentication required"
< content-type: application/json

{"error":"invalid_token"}`,
    ),
  },
  {
    thread: 'liketrek/TREK#1475',
    verdict: 'fail',
    rule: 'transport/session-lost',
    fault: 'undetermined',
    candidate: 'resource-server',
    step: 'mcp',
    http: [
      flow.flowUpTo('list'),
      atTwo,
      renamed(healthy.refresh, { [flow.secondToken]: renewedToken }),
      ...['tools/list', 'tools/call', 'tools/list'].map((method) =>
        flow.call(method, renewedToken, flow.json({ error: 'Session not found' }, '404 Not Found')),
      ),
    ].join('\n'),
  },
  {
    thread: 'wmde/WikidataMCP#3',
    verdict: 'fail',
    rule: 'transport/mcp-endpoint-redirect',
    fault: 'resource-server',
    step: 'mcp',
    http: `${flow.opening(
      '< HTTP/1.1 301 Moved Permanently\n< location: https://mcp.example/mcp/\n< content-length: 0',
    )}
> GET https://mcp.example/mcp/
> accept: application/json, text/event-stream

${flow.json(
  {
    jsonrpc: '2.0',
    id: 'server-error',
    error: { code: -32600, message: 'Bad Request: Missing session ID' },
  },
  '400 Bad Request',
)}
`,
  },
  {
    thread: 'alpic-ai/skybridge#879',
    verdict: 'fail',
    rule: 'audience/aud-mismatch',
    fault: 'authorization-server',
    step: 'token',
    http: (() => {
      const token = flow.jwt({
        iss: 'https://test.stytch.com/v1/public/project-1',
        aud: ['connected-app-test-1'],
        client_id: undefined,
      })
      return renamed(
        [
          flow.flowUpTo('callback'),
          flow.tokenRequest(flow.redemption, flow.tokens(token, flow.secret('rt_ one'))),
          flow
            .sessionStart(
              token,
              flow.challenge(
                `Bearer error="invalid_token", error_description="audience mismatch", resource_metadata="${flow.metadataUrl}"`,
              ),
            )
            .split('\n\n> POST')[0]!,
        ].join('\n'),
        {
          'https://as.example/.well-known/oauth-authorization-server':
            'https://test.stytch.com/.well-known/oauth-authorization-server/v1/public/project-1',
          'https://as.example': 'https://test.stytch.com/v1/public/project-1',
          [encodeURIComponent('https://as.example')]: encodeURIComponent(
            'https://test.stytch.com/v1/public/project-1',
          ),
        },
      )
    })(),
  },
]
