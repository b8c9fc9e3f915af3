import {
  type Authorize,
  type Challenge,
  type Draft,
  type Flow,
  type PushedRequest,
  type Registration,
  type ResourceMetadata,
  askedScopes,
  atLeast,
  defineRule,
  isThrough,
  isUpstreamHop,
  listedScopes,
  parameterPlace,
  publishedScopes,
  refusedScopes,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/offline-access-misplaced',
  title: 'offline_access is named by the MCP server, or asked for where it is not offered',
  severity: ['warning', 'error', 'info'],
  fault: ['resource-server', 'client'],
  spec: ['MCP 2026-07-28 Refresh Tokens', 'OIDC Core §11'],
  revisions: 'from 2026-07-28; before, a note unless it is refused',
  threads: ['https://github.com/anthropics/claude-code/issues/41610'],
  why: 'offline_access asks the authorization server for a refresh token and is no scope of any MCP server; a server that does not know it refuses the whole login.',
  remedy: 'Leave offline_access out of challenges and resource metadata.',
  explains: [
    'scope/rejected-by-as',
    'registration/rejected',
    'authorization/error-response',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['challenge', 'resource-metadata', 'registration', 'authorize', 'pushed-request'],

  *check(step, flow) {
    if (step.kind === 'challenge' || step.kind === 'resource-metadata')
      return yield* advertised(step, flow)
    return yield* asked(step, flow)
  },

  examples: {
    good: [
      {
        name: 'offered by the authorization server, asked for by the client',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["mcp","offline_access"]}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&scope=mcp%20offline_access

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'listed by the MCP server',
        revision: '2026-07-28',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp","offline_access"]}`,
        expect: {
          variant: 'advertised-by-resource',
          severity: 'warning',
          fault: 'resource-server',
        },
      },
      {
        name: 'asked for of a server that does not offer it, and refused',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["mcp"]}

          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&scope=mcp%20offline_access

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s1`,
        expect: { variant: 'unsupported-by-as', severity: 'error', fault: 'client' },
      },
    ],
  },
})

const scope = 'offline_access'

/** The request that was refused for this scope. */
function refusal(flow: Flow) {
  return flow
    .of('registration', 'authorize', 'pushed-request', 'token')
    .map((step) => refusedScopes(step, flow))
    .find((refused) => refused?.blamed.includes(scope) === true)?.refusal
}

function isOffered(flow: Flow): boolean {
  return listedScopes(flow.serverMetadata)?.includes(scope) === true
}

/** A challenge or resource metadata that names it. */
function* advertised(
  step: Challenge | ResourceMetadata,
  flow: Flow,
): Generator<Draft, 'silent' | void> {
  const named = step.kind === 'challenge' ? scopesOf(step.scope) : (step.scopesSupported ?? [])
  if (named.length === 0) return 'silent'
  if (!named.includes(scope)) return
  // Where the authorization server lists it, a refusal is its own contradiction.
  const refused = isOffered(flow) ? undefined : refusal(flow)
  const held = atLeast(flow.revision.server, '2026-07-28')
  yield {
    variant: 'advertised-by-resource',
    fault: 'resource-server',
    // It should not, and harms nobody who got through.
    severity: refused ? 'error' : held && !isThrough(flow) ? 'warning' : 'info',
    message: `the MCP server names offline_access among its scopes${refused ? ', and the authorization server refuses it' : ''}`,
    evidence: [
      {
        step,
        at:
          step.kind === 'challenge'
            ? 'response.header.www-authenticate'
            : 'response.json/scopes_supported',
      },
      refused && { step: refused.step, at: refused.at, note: 'the refusal' },
    ],
  }
}

/** A request for it at a server whose list of scopes lacks it, where the MCP server did not name it. */
function* asked(
  step: Registration | Authorize | PushedRequest,
  flow: Flow,
): Generator<Draft, 'silent' | void> {
  if (step.kind !== 'registration' && isUpstreamHop(step, flow)) return 'silent'
  const catalogue = listedScopes(flow.serverMetadata)
  if (catalogue === undefined || !askedScopes(step, flow).includes(scope)) return 'silent'
  if (isOffered(flow) || publishedScopes(flow).includes(scope)) return
  const refused = refusedScopes(step, flow)
  const served = flow.after(step, 'token').some((call) => call.issuedRefreshToken !== undefined)
  if (served || (refused !== undefined && !refused.blamed.includes(scope))) return
  const held = atLeast(flow.revision.client, '2026-07-28')
  yield {
    variant: 'unsupported-by-as',
    fault: 'client',
    // It should not, and harms nobody who got through.
    severity: refused ? 'error' : held && !isThrough(flow) ? 'warning' : 'info',
    message: `the client asks for offline_access, which ${flow.serverMetadata?.issuer ?? 'the authorization server'} does not list${refused ? ' and refuses' : ''}`,
    remedy: 'Ask for offline_access only where the authorization server lists it.',
    evidence: [
      step.kind === 'registration'
        ? { step, at: 'request.json/scope' }
        : parameterPlace(step, 'scope', flow),
      flow.serverMetadata && { step: flow.serverMetadata, at: 'response.json/scopes_supported' },
      refused && { step: refused.refusal.step, at: refused.refusal.at, note: 'the refusal' },
    ],
  }
}
