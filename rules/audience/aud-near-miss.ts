import {
  type Flow,
  atLeast,
  audiences,
  blamesOther,
  claimAt,
  defineRule,
  difference,
  firstRefusal,
  isLogicalName,
  origin,
  quoted,
  said,
  sameUrl,
  tokenAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/aud-near-miss',
  title: 'The audience of the token is the MCP server in another spelling',
  severity: ['error'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 9068 §4', 'RFC 8707 §2'],
  revisions: 'from 2025-06-18',
  seed: ['A-3', 'A-4'],
  why: 'Audiences are compared character by character: a slash, a letter, a scheme or a missing path is enough for 401.',
  remedy:
    'Choose one spelling, and use it in the resource metadata, in the API or client configuration of the authorization server, and in what the MCP server expects.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token?.format !== 'jwt' || !atLeast(flow.revision.client, '2025-06-18')) return 'silent'
    const named = audiences(token)
    const expected = flow.resource
    if (named.length === 0 || expected === undefined) return 'silent'
    if (named.includes(expected)) return
    const near = named.find((audience) => nearness(audience, expected) !== undefined)
    if (near === undefined) return 'silent'
    const refusal = firstRefusal(token, flow)
    if (refusal === undefined) return
    const blamed = said(refusal, 'audience')
    // It says what it objects to, and that is something else.
    if (blamesOther(refusal, 'audience', 'token-format')) return
    const altered = wasAskedExactly(expected, flow)
    // The client asked for this spelling: that is its own mistake.
    if (!altered && wasAskedExactly(near, flow)) return 'silent'
    yield {
      variant: nearness(near, expected)!,
      fault: altered ? 'authorization-server' : 'resource-server',
      confidence: blamed === undefined ? 'likely' : 'certain',
      message:
        `the token is for ${quoted(near)}, and the MCP server calls itself ${quoted(expected)}` +
        (altered ? ', which is what the client asked for' : '') +
        `; it answers ${refusal.status}` +
        (blamed === undefined ? '' : ` (${quoted(blamed.words)})`),
      found: near,
      expected,
      evidence: [
        { step, at: claimAt(step, 'aud'), note: `expected ${expected}` },
        flow.resourceMetadata && {
          step: flow.resourceMetadata,
          at: 'response.json/resource',
          note: 'what the MCP server calls itself',
        },
        { step: refusal, at: blamed?.at ?? 'response.status', note: 'refused' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the very spelling',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'a slash that nobody asked for',
        http: `
          \${opening}

          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"aud":"https://mcp.example/mcp/"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp/"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="Invalid audience"`,
        expect: { variant: 'trailing-slash', fault: 'authorization-server' },
      },
      {
        name: 'the origin alone, where the server wants the path',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="The audience is invalid"`,
        expect: { variant: 'path-missing', fault: 'resource-server' },
      },
    ],
  },
})

/** In what an audience differs from the expected one; undefined where it is another altogether, or the same. */
function nearness(audience: string, expected: string): string | undefined {
  if (audience === expected || isLogicalName(audience)) return undefined
  if (audience.replace(/\/$/, '') === expected.replace(/\/$/, '')) return 'trailing-slash'
  if (audience.toLowerCase() === expected.toLowerCase()) return 'case'
  const what = difference(audience, expected)
  if (what === 'scheme' || what === 'port' || what === 'www') return what
  if (sameUrl(audience, expected)) return 'case'
  return origin(audience) === origin(expected) && isBare(audience) ? 'path-missing' : undefined
}

function isBare(url: string): boolean {
  return /^https?:\/\/[^/]+\/?$/i.test(url)
}

/** The client asked for a token for exactly what the server calls itself. */
function wasAskedExactly(expected: string, flow: Flow): boolean {
  return flow.of('authorize', 'token').some(({ resources }) => resources.includes(expected))
}
