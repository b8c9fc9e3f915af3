import {
  type Authorize,
  type Challenge,
  type Flow,
  type McpCall,
  type Pointer,
  type Token,
  type TokenCall,
  atLeast,
  audiences,
  before,
  blind,
  claimAt,
  defineRule,
  difference,
  firstRefusal,
  isLogicalName,
  isOwnAudience,
  origin,
  parameterPlace,
  providerHint,
  quoted,
  sameUrl,
  stringMember,
  tokenAt,
  wasLetIn,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/aud-mismatch',
  title: 'The access token is for another audience than this MCP server',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server', 'client'],
  spec: ['RFC 8707 §2', 'RFC 9068 §3', 'MCP 2025-11-25 Token Audience Binding and Validation'],
  revisions: 'from 2025-06-18; a note before',
  seed: [
    { item: 'A-1', faults: ['client'] },
    'A-3',
    'A-4',
    { item: 'A-5', faults: ['authorization-server'] },
  ],
  threads: [
    'https://github.com/ganhammar/hass-mcp-server/issues/54',
    'https://github.com/supabase/auth/issues/2610',
  ],
  why: 'An MCP server must refuse a token that was not issued for it, so the login succeeds and every call is answered 401.',
  remedy:
    'Make the authorization server honour `resource` (RFC 8707), or configure the MCP URL as the audience for this client or API.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token?.format !== 'jwt') return 'silent'
    const named = audiences(token)
    const [audience] = named
    if (audience === undefined) return 'silent'
    const expected = flow.resource
    if (expected === undefined) return blind('the MCP call')
    if (named.some((one) => isOwnAudience(one, flow) || isNearMiss(one, flow))) return

    const accepted = wasLetIn(token, flow)
    const refusal = firstRefusal(token, flow)
    // Only the server knows what a logical name stands for.
    const logical = named.every(isLogicalName)
    if (logical && accepted) return 'silent'
    if (logical && refusal === undefined)
      return flow.waited('firstUse') ? blind('the MCP call') : 'silent'

    const request = requestBehind(step, flow)
    const sent = request?.resources ?? []
    const wellAsked = sent.some((resource) => isOwnAudience(resource, flow))
    const asWished = named.some((one) => sent.some((resource) => sameUrl(one, resource)))
    const unasked =
      request !== undefined && sent.length === 0 && atLeast(flow.revision.client, '2025-06-18')
    const issuer = flow.issuer ?? stringMember(token.claims, 'iss')
    const server =
      issuer === undefined ? 'the authorization server' : `the authorization server ${issuer}`
    const list = named.map(quoted).join(', ')
    const clientErred = unasked || (asWished && !wellAsked)

    const evidence: Pointer[] = [
      { step, at: claimAt(step, 'aud'), note: `must contain ${expected}` },
    ]
    if (request !== undefined)
      evidence.push({
        ...parameterPlace(request, 'resource', flow),
        note: sent.length > 0 ? 'what the client asked for' : 'the client named no resource',
      })
    if (flow.resourceMetadata?.resource !== undefined)
      evidence.push({
        step: flow.resourceMetadata,
        at: 'response.json/resource',
        note: 'what the MCP server calls itself',
      })
    if (refusal !== undefined)
      evidence.push({
        step: refusal,
        at:
          refusal.challenges.lines.length > 0
            ? 'response.header.www-authenticate'
            : 'response.status',
        note: 'the MCP server refused the token',
      })
    if (issuer !== undefined) evidence.push(namerOf(step, flow))
    yield {
      variant: variantOf(audience, token, flow, wellAsked),
      severity: before(flow.revision.server, '2025-06-18')
        ? 'info'
        : accepted
          ? 'warning'
          : 'error',
      fault: clientErred ? 'client' : 'authorization-server',
      confidence: logical && refusal?.error !== 'invalid_token' ? 'likely' : 'certain',
      message:
        `${server} issued a token whose aud is ${list}; the MCP server expects ${quoted(expected)}` +
        (sent.length > 0
          ? `, and the client sent resource=${sent.map(quoted).join(', ')}` +
            (wellAsked ? ', which the authorization server ignored' : '')
          : request === undefined
            ? ''
            : ', and the client sent no resource'),
      remedy: clientErred
        ? `Send resource=${expected} in the authorization request and in the token request.`
        : `Configure ${server} to put ${expected} into aud: have it honour the resource parameter (RFC 8707), or set that audience for this client or API.`,
      found: named.join(' '),
      expected,
      ...providerHint(issuer, 'audience/aud-mismatch'),
      evidence,
    }
  },

  examples: {
    good: [
      {
        name: 'the audience is the origin that holds the endpoint',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'the authorization server ignores resource and issues its default audience',
        http: `
          \${opening only challenge token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iss":"https://as.example","aud":"api://default"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"api://default"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'as-default', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'the audience is the client',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"app-1","azp":"app-1"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'client-id', severity: 'error' },
      },
    ],
  },
})

type Subject = TokenCall | McpCall | Challenge

const defaults = new Set(['account', 'authenticated', 'api://default', 'default'])
const thirdParties = new Set([
  'https://graph.microsoft.com',
  'https://www.googleapis.com',
  'https://api.github.com',
  'https://api.atlassian.com',
])

/** The same server in another spelling, scheme or port: another rule tells these. */
function isNearMiss(audience: string, flow: Flow): boolean {
  return flow.audiences.some(
    (own) =>
      audience.toLowerCase() === own.toLowerCase() ||
      ['scheme', 'port', 'www'].includes(difference(audience, own) ?? ''),
  )
}

/** The request that named resources for this token: its own, or the authorization request before it. */
function requestBehind(step: Subject, flow: Flow): TokenCall | Authorize | undefined {
  if (step.kind !== 'token' || step.resources.length > 0)
    return step.kind === 'token' ? step : undefined
  // What another grant is for, such as a refresh, is said by its own request (RFC 8707 §2.2).
  if (step.grantType !== 'authorization_code') return step
  const asked = flow.authorizationOf(step)?.step
  return asked !== undefined && asked.resources.length > 0 ? asked : step
}

/** Where it stands who the authorization server is. */
function namerOf(step: Subject, { serverMetadata, resourceMetadata }: Flow): Pointer {
  if (serverMetadata?.issuer !== undefined)
    return { step: serverMetadata, at: 'response.json/issuer', note: 'who issues tokens' }
  return resourceMetadata?.authorizationServers[0] === undefined
    ? { step, at: claimAt(step, 'iss') }
    : { step: resourceMetadata, at: 'response.json/authorization_servers/0' }
}

/** What sort of audience it is that stands in place of the server's own. */
function variantOf(audience: string, token: Token, flow: Flow, ignored: boolean): string {
  const claim = (name: string) => stringMember(token.claims, name)
  if ([flow.clientId, claim('client_id'), claim('azp')].includes(audience)) return 'client-id'
  const own = origin(audience)
  const issuers = [flow.issuer, claim('iss')].flatMap((url) => url ?? [])
  if (own !== undefined && issuers.some((issuer) => origin(issuer) === own)) return 'as-default'
  const isGuid = audience.length === 36 && audience.split('-').length === 5
  if (defaults.has(audience) || isGuid) return 'as-default'
  if (own !== undefined && thirdParties.has(own)) return 'third-party-api'
  return ignored ? 'resource-ignored' : 'other-resource'
}
