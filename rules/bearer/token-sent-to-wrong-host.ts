import {
  type Flow,
  type Step,
  type TokenCall,
  before,
  bearerOf,
  defineRule,
  objectOf,
  origin,
  quoted,
  redirectOf,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/token-sent-to-wrong-host',
  title: 'The client sends the access token to a host that it is not for',
  severity: ['error', 'info'],
  fault: ['client'],
  spec: ['MCP 2025-06-18 Access Token Privilege Restriction', 'RFC 9728 §7.4', 'RFC 6750 §5.2'],
  revisions: 'from 2025-06-18; a note before',
  reads: ['authorization'],
  weakness: true,
  why: 'Whoever runs that host can call the MCP server in the name of the user.',
  remedy:
    'Keep each token with the resource that it was asked for, take Authorization off when a redirect leads to another host, and obtain a token of its own for every server.',

  on: [
    'mcp',
    'challenge',
    'resource-metadata',
    'server-metadata',
    'client-metadata',
    'jwks',
    'other',
  ],

  *check(step, flow) {
    const value = bearerOf(step)
    const token = flow.of('token').findLast(({ accessToken }) => accessToken?.value === value)
    if (value === undefined || token === undefined) return 'silent'
    const home = homeOf(token, flow)
    if (home === undefined) return 'silent'
    const own = ownHosts(token, flow, home)
    if (own.includes(origin(step.url))) return
    yield {
      variant: variantOf(step, flow),
      severity: before(flow.revision.client, '2025-06-18') ? 'info' : 'error',
      message: `the client sends the token for ${quoted(home)} to ${quoted(origin(step.url))}`,
      evidence: [
        { step, at: 'request.url', note: 'another host' },
        { step, at: 'request.header.authorization', note: 'the same token' },
        token.resources.length > 0
          ? { step: token, at: 'request.form.resource', note: 'what it was asked for' }
          : { step: token, at: 'request.url', note: 'where it was issued' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the token stays with its server', http: '${opening only challenge token mcp}' },
    ],
    bad: [
      {
        name: 'metadata of another host is asked for with the token',
        http: `
          \${opening only challenge token mcp}

          > GET https://other.example/.well-known/oauth-authorization-server
          > authorization: Bearer \${secret at_}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'metadata-url' },
      },
    ],
  },
})

/** The URL of the server that a token is for: what was asked for, else where the client connects. */
function homeOf(token: TokenCall, flow: Flow): string | undefined {
  return token.resources[0] ?? flow.authorizationOf(token)?.step.resources[0] ?? flow.resource
}

/** Its own host and its other names, and the authorization server, where it is looked into, revoked, and shown for the user's data. */
function ownHosts(token: TokenCall, flow: Flow, home: string) {
  const servers = flow
    .of('server-metadata')
    .filter(({ document }) => stringMember(objectOf(document), 'token_endpoint') === token.url)
  return [
    home,
    flow.target ?? home,
    ...flow.audiences,
    token.url,
    ...servers.map(({ issuer, url }) => issuer ?? url),
  ].map(origin)
}

function variantOf(step: Step, flow: Flow): string {
  if (flow.before(step, 'mcp').some((call) => redirectOf(call) === step.url))
    return 'redirect-target'
  return step.kind === 'mcp' || step.kind === 'challenge' ? 'other-mcp-server' : 'metadata-url'
}
