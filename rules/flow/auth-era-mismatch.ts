import {
  type Flow,
  type StepOf,
  atLeast,
  defineRule,
  isByHand,
  isThrough,
  origin,
  redirectOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/auth-era-mismatch',
  title: 'The client follows an older revision of MCP authorization than the server',
  severity: ['error'],
  fault: ['client'],
  spec: ['MCP 2025-03-26 Authorization Base URL', 'MCP 2025-06-18 Authorization Server Location'],
  revisions: 'between 2025-03-26 and 2025-06-18',
  seed: ['D-4'],
  why: 'Until 2025-03-26 the MCP server was its own authorization server; since 2025-06-18 it names another one in its resource metadata, which an older client never reads.',
  remedy:
    'Update the client, or have the MCP server publish authorization server metadata at its own origin as well.',
  explains: [
    'authorization/error-response',
    'discovery/asm-missing',
    'discovery/client-wrong-wellknown-url',
    'discovery/wellknown-error-status',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'registration/rejected',
  ],

  on: ['server-metadata', 'registration', 'authorize'],

  *check(step, flow) {
    const challenge = flow
      .before(step, 'challenge')
      .find((one) => one.resourceMetadata !== undefined)
    if (challenge?.resourceMetadata === undefined) return 'silent'
    // A client that asked for it, here or in an earlier login, knows the newer way.
    if (flow.of('resource-metadata').length > 0 || flow.resourceMetadata !== undefined) return
    if (atLeast(flow.revision.client, '2025-06-18')) return 'silent'
    if (origin(step.url) !== origin(challenge.target) || isByHand(step)) return 'silent'
    if (isDone(step) || !flow.waited('backChannel') || isThrough(flow) || hasToken(flow)) return
    yield {
      variant: 'legacy-client',
      confidence: 'likely',
      message: `the server names its resource metadata, ${challenge.resourceMetadata}, and the client takes the MCP server itself for the authorization server, as in 2025-03-26`,
      evidence: [
        {
          step: challenge,
          at: 'response.header.www-authenticate',
          note: 'names metadata that was never asked for',
        },
        ...asked(flow, challenge.target),
      ],
    }
  },

  examples: {
    good: [{ name: 'the client asks for the metadata that is named', http: '${opening}' }],
    bad: [
      {
        name: 'metadata, then default endpoints, at a server that has neither',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

          > GET https://mcp.example/.well-known/oauth-authorization-server

          < HTTP/1.1 404 Not Found

          > POST https://mcp.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'legacy-client', severity: 'error', fault: 'client' },
      },
    ],
  },
})

/** The default endpoint is there after all. */
function isDone(step: StepOf<'server-metadata' | 'registration' | 'authorize'>): boolean {
  return step.ok || redirectOf(step) !== undefined
}

function hasToken(flow: Flow): boolean {
  return flow.of('token').some(({ ok }) => ok)
}

/** What the client asked the MCP server for in the place of an authorization server. */
function asked(flow: Flow, target: string) {
  return flow
    .of('server-metadata', 'registration', 'authorize')
    .filter(({ url }) => origin(url) === origin(target))
    .slice(0, 3)
    .map((step) => ({ step, at: 'request.url' as const, note: `answered ${step.status}` }))
}
