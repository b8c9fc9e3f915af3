import {
  type Flow,
  type Pointer,
  type Step,
  askedScopes,
  defineRule,
  grantedScopes,
  holdsScope,
  isOfLogin,
  listedScopes,
  quoted,
  refusedScopes,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/documents-disagree',
  title: 'The MCP server demands scopes that its authorization server does not have',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['MCP 2025-11-25 Scope Selection Strategy', 'RFC 9728 §2', 'RFC 8414 §2'],
  revisions: 'all',
  seed: [{ item: 'A-5', severity: 'error' }],
  why: 'A client that asks for what the MCP server demands is refused, and one that does not is refused by the MCP server.',
  remedy:
    'Name in the challenge and in `scopes_supported` of the resource only scopes that the authorization server has, or create them there.',
  explains: [
    'scope/rejected-by-as',
    'scope/granted-less-than-required',
    'registration/rejected',
    'authorization/error-response',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['registration', 'authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const metadata = flow.serverMetadata
    const catalogue = listedScopes(metadata)
    const demands = demandsBefore(step, flow)
    if (metadata === undefined || catalogue === undefined || demands.length === 0) return 'silent'
    const strange = demands
      .flatMap(({ scopes }) => scopes)
      .filter((one) => !catalogue.includes(one))
    const refused = refusedScopes(step, flow)
    const lost = (refused?.blamed ?? ungranted(step, flow)).filter((one) => strange.includes(one))
    // A list may leave scopes out that are granted all the same (RFC 8414 §2).
    const isAnswered = refused !== undefined || (step.kind === 'token' && step.ok)
    if (lost.length === 0) return isAnswered ? undefined : 'silent'
    yield {
      severity: refused === undefined ? 'warning' : 'error',
      candidates: [
        { fault: 'resource-server', why: 'it demands a scope that nobody grants' },
        { fault: 'authorization-server', why: 'the scope was never created there' },
      ],
      message: `the MCP server demands scope ${[...new Set(lost)].map(quoted).join(', ')}, and ${metadata.issuer ?? metadata.url} has ${catalogue.map(quoted).join(', ')}${refused === undefined ? '; it was not granted' : ''}`,
      evidence: [
        ...demands
          .filter(({ scopes }) => scopes.some((one) => lost.includes(one)))
          .map(({ place }) => place),
        { step: metadata, at: 'response.json/scopes_supported', note: 'what can be had' },
        refused && { step: refused.refusal.step, at: refused.refusal.at, note: 'the refusal' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a scope that is not listed, and granted all the same',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp"]}

          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["openid","profile"]}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&scope=mcp

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'a scope of the challenge that the authorization server refuses',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp:tools"

          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"registration_endpoint":"https://as.example/register","scopes_supported":["tools"]}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"],"scope":"mcp:tools"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_client_metadata","error_description":"Requested scope is not allowed"}`,
        expect: { severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

/** What the MCP server had demanded before a step, and where. */
function demandsBefore(step: Step, flow: Flow): { scopes: string[]; place: Pointer }[] {
  const challenges = flow.before(step, 'challenge').map((challenge) => ({
    scopes: scopesOf(challenge.scope),
    place: {
      step: challenge,
      at: 'response.header.www-authenticate' as const,
      note: 'what it demands',
    },
  }))
  const resource = flow.resourceMetadata
  const listed =
    resource === undefined
      ? []
      : [
          {
            scopes: [...(resource.scopesSupported ?? [])],
            place: {
              step: resource,
              at: 'response.json/scopes_supported' as const,
              note: 'what it demands',
            },
          },
        ]
  return [...challenges, ...listed]
    .map(({ scopes, place }) => ({ scopes: scopes.filter((one) => !isOfLogin(one)), place }))
    .filter(({ scopes }) => scopes.length > 0)
}

/** Scopes that were asked for and that the token response leaves out. */
function ungranted(step: Parameters<typeof askedScopes>[0], flow: Flow): string[] {
  if (step.kind !== 'token' || !step.ok || step.issuedScope === undefined) return []
  const granted = grantedScopes(step, flow) ?? []
  return askedScopes(step, flow).filter((scope) => !holdsScope(granted, scope))
}
