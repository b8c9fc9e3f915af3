import type { StepKind } from '../../../src/core/step/step.ts'
import type { Broken } from '../broken-flows.ts'
import * as flow from '../whole-flow.ts'

const { healthy } = flow
const expired = flow.challenge(
  `Bearer error="invalid_token", error_description="The access token expired", resource_metadata="${flow.metadataUrl}"`,
)
const invalidGrant = flow.json(
  { error: 'invalid_grant', error_description: 'refresh token is no longer valid' },
  '400 Bad Request',
)
const renewal = (token: string, answer: string) =>
  flow.tokenRequest(
    {
      grant_type: 'refresh_token',
      refresh_token: flow.secret(token),
      client_id: flow.clientId,
      resource: flow.endpoint,
    },
    answer,
  )
const renewed = (jti: string, next: string) =>
  flow.tokens(flow.jwt({ jti, iat: 1767268800, exp: 1767290000 }), flow.secret(next))

/** The session of a client whose token is configured, under the same header that a login would use. */
const configured = (answer: string) => `
> POST ${flow.endpoint}
> content-type: application/json
> accept: application/json, text/event-stream
> authorization: Bearer sk-static-4f1c9a7e2d

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client","version":"1.0"}}}

${answer}
`

export interface Reported extends Broken {
  /** The public thread, as `owner/repo#number`. */
  readonly thread: string
  /** What went wrong, in a few words. */
  readonly name: string
  /** Where the login broke. */
  readonly step: StepKind
}

/** What a browser sends when it has been handed over, and what it is answered. */
export const page = (request: string, answer: string) =>
  `${request.replace('# handed-over client=browser', '# client=browser')}\n${answer}\n`

/** Logins that people reported in public threads, rebuilt from what they say, with the rule and the party to be named. */
export const reportedLogins: readonly Reported[] = [
  {
    thread: 'PrefectHQ/fastmcp#4264',
    name: 'a refresh token that was rotated comes once more',
    rule: 'refresh/rotated-token-reused',
    fault: 'client',
    step: 'token',
    http: [
      flow.flowUpTo('list'),
      '\n# at 14:00:00\n',
      flow.call('tools/list', flow.firstToken, expired),
      renewal('rt_ one', renewed('two', 'rt_ two')),
      renewal('rt_ one', invalidGrant),
      healthy.authorize,
    ].join('\n'),
  },
  {
    thread: 'modelcontextprotocol/typescript-sdk#2208',
    name: 'a configured token goes on being sent after the login',
    rule: 'bearer/issued-token-not-used',
    fault: 'client',
    step: 'token',
    http: [
      configured(
        flow.challenge(`Bearer error="invalid_token", resource_metadata="${flow.metadataUrl}"`),
      ),
      flow.flowUpTo('token', { challenge: '' }),
      configured(
        flow.challenge(`Bearer error="invalid_token", resource_metadata="${flow.metadataUrl}"`),
      ),
    ].join('\n'),
  },
  {
    thread: 'apify/mcpc#214',
    name: 'a server refuses a request without state',
    rule: 'authorization/state-missing',
    fault: 'client',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration'),
      page(flow.authorize({ state: undefined }), flow.json({ error: 'missing_state' })),
    ].join('\n'),
  },
  {
    thread: 'google-gemini/gemini-cli#25508',
    name: 'a client stops at a resource that is the origin of its URL',
    rule: 'discovery/prm-resource-not-identical',
    fault: 'undetermined',
    step: 'resource-metadata',
    http: flow
      .flowUpTo('resourceMetadata', {
        resourceMetadata: flow.get(
          'https://mcp.example/.well-known/oauth-protected-resource',
          flow.json(flow.resourceDocument({ resource: 'https://mcp.example' })),
        ),
      })
      .replaceAll(
        '/.well-known/oauth-protected-resource/mcp',
        '/.well-known/oauth-protected-resource',
      )
      .replaceAll('https://mcp.example/mcp', 'https://mcp.example/api/mcp/sse'),
  },
  {
    thread: 'PostHog/posthog#46982',
    name: 'a client goes on with its first refresh token',
    rule: 'refresh/rotated-token-reused',
    fault: 'client',
    step: 'token',
    http: [
      flow.flowUpTo('list'),
      ...['two', 'three', 'four'].map((one) => renewal('rt_ one', renewed(one, `rt_ ${one}`))),
      '\n# at 14:00:00\n',
      renewal('rt_ one', invalidGrant),
    ].join('\n'),
  },
  {
    thread: 'lightdash/lightdash#26726',
    name: 'a 401 of another layer has no challenge',
    rule: 'challenge/www-authenticate-missing',
    fault: 'resource-server',
    step: 'challenge',
    http: flow.opening(
      '< HTTP/1.1 401 Unauthorized\n< content-type: text/plain; charset=utf-8\n< x-powered-by: Express\n\nUnauthorized',
    ),
  },
  {
    thread: 'Serviceware/Dibix#128',
    name: 'the challenge names a document that is none',
    rule: 'discovery/metadata-not-json',
    fault: 'resource-server',
    step: 'resource-metadata',
    http: [
      flow.opening(flow.challenge('Bearer resource_metadata="https://mcp.example/app"')),
      flow.get(
        'https://mcp.example/app',
        '< HTTP/1.1 200 OK\n< content-type: text/plain\n< server: Kestrel\n\nOK',
      ),
    ].join('\n'),
  },
  {
    thread: 'forcedotcom/mcp-hosted#44',
    name: 'the resource names itself as issuer, with a port, and the metadata says another',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'resource-server',
    step: 'server-metadata',
    http: flow.flowUpTo('serverMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(
          flow.resourceDocument({ authorization_servers: ['https://mcp.example:443/mcp'] }),
        ),
      ),
      serverMetadata: flow.get(
        'https://mcp.example/.well-known/oauth-authorization-server/mcp',
        flow.json(flow.serverDocument()),
      ),
    }),
  },
  {
    thread: 'akutishevsky/withings-mcp#48',
    name: 'a session takes no other token than its first',
    rule: 'transport/session-lost',
    fault: 'resource-server',
    step: 'challenge',
    http: [
      flow.flowUpTo('refresh'),
      ...['tools/list', 'tools/list'].map((method) =>
        flow.call(
          method,
          flow.secondToken,
          flow.json(
            { jsonrpc: '2.0', error: { code: -32000, message: 'Forbidden' }, id: null },
            '403 Forbidden',
          ),
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'aws/amazon-q-developer-cli#3638',
    name: 'neither the challenge nor a well-known place tells of metadata',
    rule: 'discovery/prm-missing',
    fault: 'resource-server',
    step: 'resource-metadata',
    http: [
      flow.opening(flow.challenge('Bearer realm="OAuth", error="invalid_token"')),
      flow.get(flow.metadataUrl, flow.notFound),
      flow.get('https://mcp.example/.well-known/oauth-protected-resource', flow.notFound),
    ].join('\n'),
  },
]
