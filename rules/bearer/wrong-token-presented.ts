import {
  type Challenge,
  type Flow,
  type McpCall,
  type Pointer,
  type Token,
  type TokenCall,
  audiences,
  before,
  defineRule,
  leadsTo,
  member,
  objectOf,
  quoted,
  sameUrl,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/wrong-token-presented',
  title: 'What the client presents is no access token for this server',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['MCP 2025-06-18 Token Handling', 'RFC 9068 §4', 'OIDC Core §2'],
  revisions: 'all; a foreign authorization server from 2025-06-18',
  reads: ['authorization'],
  why: 'Servers that validate tokens refuse it, and those that accept it let in what was meant for somebody else.',
  remedy:
    'Present the `access_token` member of the answer that was obtained for this server, never the ID token, the refresh token, a code or an assertion.',
  explains: [
    'audience/aud-mismatch',
    'audience/server-accepts-wrong-audience',
    'bearer/fresh-token-rejected',
    'bearer/issued-token-not-used',
    'flow/reauth-loop',
    'flow/stalled',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    if (step.presented === undefined || step.presented.token.value === '') return 'silent'
    if (!['bearer', 'dpop'].includes(step.presented.scheme.toLowerCase())) return 'silent'
    if (step.status === undefined) return 'silent'
    const found = seenAs(step, flow) ?? shapedAs(step.presented.token, flow)
    const issued = flow.issuedBy(step.presented)
    const foreign =
      found === undefined && issued !== undefined && !before(flow.revision.client, '2025-06-18')
        ? foreignServer(issued, flow)
        : undefined
    if (found === undefined && foreign === undefined)
      return issued === undefined ? 'silent' : undefined
    const { variant, what, at } = found ?? {
      variant: 'foreign-as',
      what: `a token of ${quoted(foreign)}, which the resource metadata does not list`,
      at: issued && { step: issued, at: 'request.url', note: 'issued here' },
    }
    const listed = flow.resourceMetadata
    yield {
      variant,
      severity: step.kind === 'challenge' ? 'error' : 'warning',
      confidence: at === undefined ? 'likely' : 'certain',
      message: `the client presents ${what} to ${step.target}`,
      evidence: [
        { step, at: 'request.header.authorization', note: `${what}, and no access token for it` },
        at,
        found !== undefined && at === undefined && { step, at: 'request.jwt.aud' },
        foreign !== undefined &&
          listed !== undefined && { step: listed, at: 'response.json/authorization_servers' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the access token of the answer', http: '${opening only challenge token mcp}' }],
    bad: [
      {
        name: 'the ID token of the answer',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","id_token":"\${jwt {"iss":"https://as.example","aud":"app","sub":"1"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"app","sub":"1"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'id-token', severity: 'error' },
      },
    ],
  },
})

interface Found {
  readonly variant: string
  readonly what: string
  /** Where the value was seen before; undefined when its shape alone tells. */
  readonly at: Pointer | undefined
}

/** The credential was seen before in this attempt, as something else than an access token. */
function seenAs({ presented }: McpCall | Challenge, flow: Flow): Found | undefined {
  const value = presented!.token.value
  if (flow.of('token').some((call) => isAccessToken(call, value))) return undefined
  for (const step of flow.of('token')) {
    const answer = objectOf(step.answer)
    if (step.accessToken?.value === value)
      return found('id-jag', 'the ID-JAG', step, 'response.json/issued_token_type')
    if (stringMember(answer, 'id_token') === value)
      return found('id-token', 'the ID token', step, 'response.json/id_token')
    if (step.issuedRefreshToken === value)
      return found('refresh-token', 'the refresh token', step, 'response.json/refresh_token')
    if (step.refreshToken === value)
      return found('refresh-token', 'the refresh token', step, 'request.form.refresh_token')
    if (step.code === value) return found('code', 'the code', step, 'request.form.code')
    if (step.grantAssertion?.value === value)
      return found('id-jag', 'the assertion', step, 'request.form.assertion')
    if (step.subjectToken?.value === value)
      return found('id-token', 'the subject token', step, 'request.form.subject_token')
  }
  const registration = flow
    .of('registration')
    .find(({ received }) => stringMember(objectOf(received), 'client_secret') === value)
  return registration === undefined
    ? undefined
    : found('client-secret', 'the client secret', registration, 'response.json/client_secret')
}

function found(variant: string, what: string, step: Pointer['step'], at: Pointer['at']): Found {
  return { variant, what, at: { step, at, note: 'the same value' } }
}

/** An ID-JAG is issued in a member of this name as well, and is no access token (RFC 8693 §2.2.1). */
function isAccessToken(call: TokenCall, value: string): boolean {
  const type = stringMember(objectOf(call.answer), 'issued_token_type')
  return call.accessToken?.value === value && type?.endsWith(':id-jag') !== true
}

/** What the claims of a token that was never seen before say that it is. */
function shapedAs(token: Token, flow: Flow): Found | undefined {
  if (stringMember(token.header, 'typ')?.toLowerCase() === 'oauth-id-jag+jwt')
    return { variant: 'id-jag', what: 'an ID-JAG', at: undefined }
  const isIdToken =
    flow.issuedBy({ raw: '', scheme: '', token }) === undefined &&
    member(token.claims, 'nonce') !== undefined &&
    member(token.claims, 'at_hash') !== undefined &&
    flow.clientId !== undefined &&
    audiences(token).includes(flow.clientId)
  return isIdToken ? { variant: 'id-token', what: 'an ID token', at: undefined } : undefined
}

/** The issuer whose metadata names the token endpoint that issued the token, when the resource lists neither it nor where that is found. */
function foreignServer(issued: TokenCall, flow: Flow): string | undefined {
  const listed = flow.resourceMetadata?.authorizationServers ?? []
  const naming = flow
    .of('server-metadata')
    .filter(
      ({ ok, document }) =>
        ok && stringMember(objectOf(document), 'token_endpoint') === issued.exchange.request.url,
    )
  const first = naming[0]?.issuer
  if (listed.length === 0 || first === undefined) return undefined
  const isListed = naming.some(({ issuer, url }) =>
    listed.some((one) => leadsTo(one, url) || (issuer !== undefined && sameUrl(one, issuer))),
  )
  return isListed ? undefined : first
}
