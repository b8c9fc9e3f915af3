import type { Broken } from '../broken-flows.ts'
import { page } from './logins.ts'
import * as flow from '../whole-flow.ts'

const { healthy } = flow

const edge = '\n< server: cloudflare\n< cf-ray: 9a1b2c3d4e5f6789-FRA'
const plain = (status: string, words: string, fields = '') =>
  `< HTTP/1.1 ${status}\n< content-type: text/plain;charset=UTF-8${fields}\n\n${words}`

/** The request for authorization is the last thing, and this is its answer. */
const refusedAt = (changes: Record<string, string | undefined>, answer: string) =>
  [flow.flowUpTo('registration'), page(flow.authorize(changes), answer)].join('\n')

const listing = (issuer: string) =>
  flow.get(flow.metadataUrl, flow.json(flow.resourceDocument({ authorization_servers: [issuer] })))

const forbidden = flow.json(
  { jsonrpc: '2.0', error: { code: -32000, message: 'Forbidden' }, id: null },
  '403 Forbidden',
)
const opaque = (name: string) => flow.secret(`at_ ${name}`)
const again = (access: string, refresh: string, scope = 'mcp:tools') =>
  flow.tokenRequest(
    {
      grant_type: 'refresh_token',
      refresh_token: flow.secret('rt_ one'),
      client_id: flow.clientId,
      resource: flow.endpoint,
    },
    flow.tokens(access, refresh).replace('"scope":"mcp:tools"', `"scope":"${scope}"`),
  )
const withOpaqueTokens = {
  token: flow.tokenRequest(flow.redemption, flow.tokens(opaque('one'), flow.secret('rt_ one'))),
  initialize: flow.sessionStart(opaque('one')),
  list: flow.call('tools/list', opaque('one')),
}

/** What else goes wrong in the way that reported logins did. */
export const reportedKinds: readonly (Broken & { readonly name: string })[] = [
  {
    name: 'the resource metadata writes the port that need not be written',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'resource-server',
    http: flow.flowUpTo('serverMetadata', { resourceMetadata: listing('https://as.example:443') }),
  },
  {
    name: 'the resource metadata writes the host in capitals',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'resource-server',
    http: flow.flowUpTo('serverMetadata', { resourceMetadata: listing('https://AS.example') }),
  },
  {
    name: 'an issuer with its port has metadata nowhere',
    rule: 'discovery/asm-missing',
    fault: 'authorization-server',
    http: [
      flow.flowUpTo('resourceMetadata', {
        resourceMetadata: listing('https://as.example:443/tenant'),
      }),
      ...[
        '/.well-known/oauth-authorization-server/tenant',
        '/.well-known/openid-configuration/tenant',
        '/tenant/.well-known/openid-configuration',
      ].map((path) => flow.get(`https://as.example${path}`, flow.notFound)),
    ].join('\n'),
  },
  {
    name: 'the MCP server gives out the metadata of another host as its own',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'resource-server',
    http: flow.flowUpTo('serverMetadata', {
      resourceMetadata: listing('https://mcp.example'),
      serverMetadata: flow.get(
        'https://mcp.example/.well-known/oauth-authorization-server',
        flow.json(flow.serverDocument()),
      ),
    }),
  },
  {
    name: 'an authorization server beside the MCP server forgets its path',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'authorization-server',
    http: flow.flowUpTo('serverMetadata', {
      resourceMetadata: listing('https://mcp.example/auth'),
      serverMetadata: flow.get(
        'https://mcp.example/.well-known/oauth-authorization-server/auth',
        flow.json(flow.serverDocument({ issuer: 'https://mcp.example' })),
      ),
    }),
  },
  ...[
    ['of an account', { error: 'access_denied', error_description: 'sign up first' }],
    ['of an address', { error: 'invalid_request', message: 'redirect_uri is not allowed' }],
    ['in its own form', { ok: false, error: 'sign-in is switched off' }],
  ].map(([what, body]) => ({
    name: `the authorization endpoint refuses with 200, ${what as string}`,
    rule: 'authorization/endpoint-error-page',
    fault: 'undetermined' as const,
    http: refusedAt({}, flow.json(body)),
  })),
  {
    name: 'a request without state is refused with words about a value',
    rule: 'authorization/state-missing',
    fault: 'client',
    http: refusedAt(
      { state: undefined },
      flow.json(
        { error: 'invalid_request', error_description: 'Invalid value provided for: state' },
        '400 Bad Request',
      ),
    ),
  },
  {
    name: 'a request without state is refused with a page',
    rule: 'authorization/state-missing',
    fault: 'client',
    http: refusedAt({ state: '' }, plain('400 Bad Request', 'Missing state parameter', edge)),
  },
  {
    name: 'a short state is sent back',
    rule: 'authorization/state-missing',
    fault: 'client',
    http: [
      flow.flowUpTo('registration'),
      flow.authorize({ state: 'abc' }),
      `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_state&error_description=The%20state%20is%20too%20short%20to%20have%20enough%20entropy&state=abc&iss=${encodeURIComponent(flow.issuer)}
`,
    ].join('\n'),
  },
  {
    name: 'a token endpoint behind an edge refuses in words of its own',
    rule: 'token/error-not-oauth',
    fault: 'authorization-server',
    http:
      flow.flowUpTo('callback') +
      flow.tokenRequest(
        flow.redemption,
        plain('400 Bad Request', 'the provider did not answer', edge),
      ),
  },
  {
    name: 'a registration endpoint behind an edge refuses in words of its own',
    rule: 'registration/rejected',
    fault: 'authorization-server',
    http: flow.flowUpTo('registration', {
      registration: healthy.registration.replace(
        /< HTTP[^]*/,
        plain('403 Forbidden', 'Registration is closed', edge),
      ),
    }),
  },
  {
    name: 'an edge refuses an authorization request itself',
    rule: 'flow/step-failed',
    fault: 'intermediary',
    http: refusedAt({}, plain('403 Forbidden', 'error code: 1020', edge)),
  },
  {
    name: 'a session takes no renewed opaque token',
    rule: 'transport/session-lost',
    fault: 'resource-server',
    http: [
      flow.flowUpTo('list', withOpaqueTokens),
      again(opaque('two'), flow.secret('rt_ two')),
      flow.call('tools/list', opaque('two'), forbidden),
    ].join('\n'),
  },
  {
    name: 'a session takes no token of a second login',
    rule: 'transport/session-lost',
    fault: 'resource-server',
    http: [
      flow.flowUpTo('list'),
      flow.authorize({ state: 'YW5vdGhlciBsb2dpbg', code_challenge: '${s256 ${verifier}-2}' }),
      healthy.callback
        .replace('Zm9vYmFyYmF6cXV4', 'YW5vdGhlciBsb2dpbg')
        .replace('code_ one', 'code_ two'),
      flow.tokenRequest(
        { ...flow.redemption, code: flow.secret('code_ two'), code_verifier: '${verifier}-2' },
        flow.tokens(flow.secondToken, flow.secret('rt_ two')),
      ),
      flow.call('tools/list', flow.secondToken, forbidden),
    ]
      .join('\n')
      .replaceAll('${verifier}', flow.verifier),
  },
  {
    name: 'a renewed token with less scope is refused',
    rule: 'bearer/fresh-token-rejected',
    fault: 'undetermined',
    http: [
      flow.flowUpTo('list', withOpaqueTokens),
      again(opaque('two'), flow.secret('rt_ two'), 'mcp:read'),
      flow.call('tools/list', opaque('two'), forbidden),
    ].join('\n'),
  },
]
