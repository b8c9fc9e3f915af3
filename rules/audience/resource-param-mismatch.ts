import {
  type Authorize,
  type Flow,
  type PushedRequest,
  type TokenCall,
  before,
  covers,
  defineRule,
  isLogicalName,
  isUpstreamHop,
  origin,
  parameterPlace,
  quoted,
  sameUrl,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/resource-param-mismatch',
  title: 'The client asks for a token for something else than this MCP server',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 8707 §2', 'MCP 2025-11-25 Canonical Server URI'],
  revisions: 'from 2025-06-18',
  seed: ['A-1', 'A-3'],
  why: 'The authorization server either refuses to serve what it does not know, or issues a token that this MCP server must refuse.',
  remedy:
    'Send the `resource` of the protected resource metadata as it stands; without metadata the URL of the MCP endpoint, without a fragment.',
  explains: [
    'audience/as-rejects-resource',
    'audience/aud-mismatch',
    'audience/aud-near-miss',
    'authorization/error-response',
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    if (before(flow.revision.client, '2025-06-18')) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const [sent] = step.resources
    const endpoint = flow.target
    if (sent === undefined || endpoint === undefined) return 'silent'
    const published = flow.resourceMetadata?.resource
    if (step.resources.some((one) => isRight(one, endpoint, published))) return
    // The address of the proxy is what the client was given.
    if (flow.mcpCalls.some(({ exchange }) => isAddress(sent, exchange.request.via))) return 'silent'
    // The same mistake in a later leg is the same mistake.
    const earlier = flow
      .before(step, 'authorize', 'pushed-request', 'token')
      .some(({ resources }) => resources.includes(sent))
    if (earlier) return 'silent'
    const accepted = flow
      .of('mcp')
      .some((call) => call.ok && flow.issuedBy(call.presented) !== undefined)
    const expected = published ?? endpoint
    yield {
      variant: variantOf(sent, expected, step, flow),
      severity: accepted ? 'warning' : 'error',
      confidence: published === undefined ? 'likely' : 'certain',
      message: `the client sends resource=${quoted(sent)}; the MCP server calls itself ${quoted(expected)}`,
      remedy: `Send resource=${expected} in the authorization request and in the token request.`,
      found: sent,
      expected,
      evidence: [
        { ...parameterPlace(step, 'resource', flow), note: `expected ${expected}` },
        flow.resourceMetadata && {
          step: flow.resourceMetadata,
          at: 'response.json/resource',
          note: 'what the MCP server calls itself',
        },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the resource of the metadata', http: '${opening until authorize}' },
      {
        name: 'the origin, which the metadata names',
        http: `
          \${opening only challenge}

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&resource=https%3A%2F%2Fmcp.example`,
      },
    ],
    bad: [
      {
        name: 'the authorization server in place of the MCP server',
        http: `
          \${opening}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&resource=https%3A%2F%2Fas.example`,
        expect: { variant: 'as-url', severity: 'error', fault: 'client' },
      },
      {
        name: 'the origin, where the metadata names the whole path',
        http: `
          \${opening}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&resource=https%3A%2F%2Fmcp.example`,
        expect: { variant: 'parent-path', severity: 'error' },
      },
    ],
  },
})

/** What the metadata names, or the endpoint itself; without metadata also what contains the endpoint. */
function isRight(sent: string, endpoint: string, published: string | undefined): boolean {
  if (sent.includes('#')) return false
  if (sameUrl(sent, endpoint) || sent === endpoint) return true
  if (published === undefined) return covers(sent, endpoint)
  return sent === published || sameUrl(sent, published)
}

function isAddress(sent: string, via: string | undefined): boolean {
  const own = via === undefined ? undefined : origin(via)
  return own !== undefined && own === origin(sent)
}

function variantOf(
  sent: string,
  expected: string,
  step: Authorize | PushedRequest | TokenCall,
  flow: Flow,
): string {
  if (isLogicalName(sent)) return 'missing-scheme'
  if (sent.includes('#')) return 'fragment'
  const own = origin(sent)
  if (own === origin(expected)) return covers(sent, expected) ? 'parent-path' : 'sibling-path'
  if (own === origin(flow.issuer ?? step.url)) return 'as-url'
  const back = step.redirectUri
  return back !== undefined && own === origin(back) ? 'client-url' : 'other-origin'
}
