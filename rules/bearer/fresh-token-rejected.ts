import {
  type Challenge,
  type Flow,
  type TokenCall,
  audiences,
  defineRule,
  expiryOf,
  gatewayOf,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/fresh-token-rejected',
  title: 'A newly issued token is rejected on first use',
  severity: ['error'],
  fault: ['undetermined', 'resource-server', 'authorization-server', 'intermediary'],
  spec: ['RFC 6750 §3.1', 'MCP 2025-11-25 Token Handling'],
  revisions: 'all',
  reads: ['authorization'],
  seed: [
    { item: 'A-3', variants: ['audience-as-published'] },
    { item: 'A-4', variants: ['audience-as-published'] },
    {
      item: 'A-6',
      faults: ['undetermined', 'resource-server', 'authorization-server'],
      when: ({ errorDescription, refusal }) =>
        (errorDescription ?? '') === '' &&
        refusal?.says.some(({ meaning }) => meaning === 'audience') !== true,
    },
  ],
  why: 'The login succeeds and every call is still refused; people are asked to log in again and again.',
  remedy:
    'Compare what the MCP server expects (issuer, audience, algorithm, scope) with the token shown here, and align the two.',
  explains: ['flow/reauth-loop', 'flow/stalled'],
  aggregates: true,

  on: 'challenge',

  *check(step, flow) {
    const token = flow.issuedBy(step.presented)
    if (token === undefined || token.accessToken === undefined) return 'silent'
    const first = flow.usesOf(token)[0]
    if (first !== step) return first?.kind === 'mcp' ? undefined : 'silent'
    if (isScopeStepUp(step) || step.error === 'use_dpop_nonce') return 'silent'
    if (step.exchange.startedAt - (token.exchange.endedAt ?? token.exchange.startedAt) > fresh)
      return 'silent'
    if (hasExpired(token, step)) return
    const edge = gatewayOf(step.exchange.response?.headers ?? [])
    // Without a challenge or words of the application it may be an edge that never asked the server.
    if (step.challenges.lines.length === 0 && edge !== undefined) return 'silent'
    const known = flow.causesOf(this, step, token).filter(({ fault }) => fault !== 'client')
    const said = step.errorDescription ?? step.error ?? ''
    const published = known.length === 0 && namesPublishedAudience(step, token, flow)
    const blamed = known[0]?.fault
    yield {
      ...(published ? { variant: 'audience-as-published', fault: 'resource-server' as const } : {}),
      ...(!published &&
      (blamed === 'resource-server' ||
        blamed === 'authorization-server' ||
        blamed === 'intermediary')
        ? { fault: blamed }
        : {}),
      ...(!published && blamed === undefined
        ? {
            fault: 'undetermined' as const,
            candidates: [
              {
                fault: 'resource-server' as const,
                why: 'it expects another issuer, audience, key or scope than it should',
              },
              {
                fault: 'authorization-server' as const,
                why: 'it issues a token that this server cannot validate',
              },
            ],
          }
        : {}),
      ...(published
        ? { remedy: 'Accept the resource identifier that your own metadata publishes as audience.' }
        : {}),
      message: `the server answers ${step.status} to a token issued a moment before${said === '' ? '' : ` (${quoted(said)})`}; ${described(token)}`,
      evidence: [
        { step, at: 'response.header.www-authenticate[0]', note: 'the refusal' },
        { step, at: 'response.body' },
        { step: token, at: 'response.jwt.aud' },
        { step: token, at: 'response.jwt.iss' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'accepted at first, refused when it has expired',
        http: `
          > POST https://as.example/token

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'refused, and the token does not show why',
        http: `
          > POST https://as.example/token

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="signature verification failed"`,
        expect: { fault: 'undetermined' },
      },
    ],
  },
})

/** So soon after it was issued, a token is fresh, in milliseconds. */
const fresh = 60_000

/** It was good when it was issued, and its short life was over when it was looked at. */
function hasExpired(token: TokenCall, { exchange }: Challenge): boolean {
  const end = expiryOf(token) ?? Infinity
  const issued = token.exchange.endedAt ?? token.exchange.startedAt
  return issued < end && end <= (exchange.endedAt ?? exchange.startedAt)
}

/** What the token says of itself, for a person to compare with what the server expects. */
function described(token: TokenCall): string {
  const { claims, format } = token.accessToken!
  if (claims === undefined) return `the token is ${format === 'jwe' ? 'encrypted' : 'opaque'}`
  const shown = ['iss', 'aud', 'sub', 'scope', 'scp', 'client_id', 'exp'].filter((name) =>
    Object.hasOwn(claims, name),
  )
  return `the token says ${shown.map((name) => `${name}=${quoted(claims[name])}`).join(', ') || 'nothing of iss, aud, sub or scope'}`
}

function isScopeStepUp(step: Challenge): boolean {
  return step.status === 403 && (step.error === 'insufficient_scope' || step.scope !== undefined)
}

/** The server names the audience although the token carries just the one that is published. */
function namesPublishedAudience(step: Challenge, token: TokenCall, flow: Flow): boolean {
  const said = `${step.errorDescription ?? ''} ${step.bodyText}`.toLowerCase()
  const published = flow.resourceMetadata?.resource
  return (
    said.includes('aud') &&
    published !== undefined &&
    audiences(token.accessToken!).includes(published)
  )
}
