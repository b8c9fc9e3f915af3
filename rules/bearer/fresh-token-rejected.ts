import {
  type Challenge,
  type Draft,
  type Finding,
  type Flow,
  type Meaning,
  type TokenCall,
  audiences,
  defineRule,
  endingOf,
  expiryOf,
  gatewayOf,
  quoted,
  said,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/fresh-token-rejected',
  title: 'A newly issued token is rejected on first use',
  severity: ['error', 'warning'],
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
    if (token?.accessToken === undefined) return 'silent'
    if (refusedAtOnce(step, flow) === undefined)
      return flow.usesOf(token)[0]?.kind === 'mcp' ? undefined : 'silent'
    if (hasExpired(token, step)) return
    // A second token of the same login that fares no better tells nothing new.
    if (flow.before(step, 'challenge').some((one) => refusedAtOnce(one, flow) !== undefined))
      return 'silent'
    const { refusal } = step
    const words = refusal?.text ?? ''
    // A server that takes it a moment later (a replica, a clock) lost no login.
    const recovered = flow.usesOf(token).some(({ kind, ok }) => kind === 'mcp' && ok)
    yield {
      severity: recovered ? 'warning' : 'error',
      ...readingOf(step, token, flow.causesOf(this, step, token), flow),
      found: `${step.status} to a new token${words === '' ? '' : ` (${quoted(words)})`}`,
      message: `the server answers ${step.status} to a token issued a moment before${words === '' ? '' : ` (${quoted(words)})`}; ${described(token)}`,
      evidence: [
        { step, at: field, note: 'the refusal' },
        refusal !== undefined && refusal.at !== field && { step, at: refusal.at },
        ...toldBy(token).map((name) => ({ step: token, at: `response.jwt.${name}` as const })),
        isForScope(step) && { step: token, at: 'response.json/scope', note: 'granted' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'accepted at first, refused when it has expired',
        http: `
          \${opening until mcp}

          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'refused, and the token does not show why',
        http: `
          \${opening only token mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="signature verification failed"`,
        expect: { fault: 'undetermined' },
      },
      {
        name: 'the scope never suffices, and the client gives up',
        http: `
          \${opening only token mcp unanswered}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="mcp"`,
        expect: { variant: 'insufficient-scope', fault: 'undetermined' },
      },
    ],
  },
})

const field = 'response.header.www-authenticate[0]'

const reuse = 'refresh/rotated-token-reused'

/** So soon after it was issued, a token is fresh, in milliseconds. */
const fresh = 60_000

/** It was good when it was issued, and its short life was over when it was looked at. */
function hasExpired(token: TokenCall, { exchange }: Challenge): boolean {
  const end = expiryOf(token) ?? Infinity
  const issued = token.exchange.endedAt ?? token.exchange.startedAt
  return issued < end && end <= (exchange.endedAt ?? exchange.startedAt)
}

/** The claims that a server compares, as far as the token has them. */
function toldBy({ accessToken }: TokenCall): string[] {
  const { claims } = accessToken!
  return ['iss', 'aud', 'scope', 'scp'].filter(
    (name) => claims !== undefined && Object.hasOwn(claims, name),
  )
}

/** What the token says of itself, for a person to compare with what the server expects. */
function described(token: TokenCall): string {
  const { claims, format } = token.accessToken!
  if (claims === undefined) return `the token is ${format === 'jwe' ? 'encrypted' : 'opaque'}`
  const shown = toldBy(token)
  return `the token says ${shown.map((name) => `${name}=${quoted(claims[name])}`).join(', ') || 'nothing of iss, aud or scope'}`
}

function isForScope(step: Challenge): boolean {
  return step.status === 403 && (step.error === 'insufficient_scope' || step.scope !== undefined)
}

/** The token that a call is the first to present, and that is refused with it. */
function refusedAtOnce(step: Challenge, flow: Flow): TokenCall | undefined {
  const token = flow.issuedBy(step.presented)
  if (token === undefined || flow.usesOf(token)[0] !== step) return undefined
  return isFreshRefusal(step, token, flow) ? token : undefined
}

/** A token is refused at once, for itself; a demand for more scope counts where the login ends with it. */
function isFreshRefusal(step: Challenge, token: TokenCall, flow: Flow): boolean {
  if (step.error === 'use_dpop_nonce') return false
  if (step.exchange.startedAt - (token.exchange.endedAt ?? token.exchange.startedAt) > fresh)
    return false
  // Without a challenge or words of the application it may be an edge that never asked the server.
  const edge = gatewayOf(step.exchange.response?.headers ?? [])
  if (step.challenges.lines.length === 0 && edge !== undefined) return false
  if (!isForScope(step)) return true
  const { outcome, lost } = endingOf(flow)
  return (
    outcome === 'failed' &&
    lost === step &&
    !flow.findings.some(({ rule }) => rule.startsWith('scope/'))
  )
}

/** What the refusal comes from, and who has to act, as far as words and other findings tell. */
function readingOf(
  step: Challenge,
  token: TokenCall,
  causes: readonly Finding[],
  flow: Flow,
): Partial<Draft> {
  const known = causes.filter(({ fault }) => fault !== 'client')
  if (known.length === 0 && namesPublishedAudience(step, token, flow))
    return {
      variant: 'audience-as-published',
      fault: 'resource-server',
      remedy: 'Accept the resource identifier that your own metadata publishes as audience.',
    }
  // A server that sees a refresh token used twice may revoke all that came of it (RFC 9700 §4.14.2).
  if (known.length === 0 && causes.some((one) => one.rule === reuse && one.severity === 'error'))
    return {
      variant: 'after-reuse',
      ...undetermined({
        client: 'it used one refresh token twice, which a server may take for theft',
        'authorization-server':
          'it may have revoked all tokens of the login when it saw the refresh token again',
      }),
      remedy: 'Let the user log in anew, and let only one refresh run at a time.',
    }
  const blamed = known.find(({ severity }) => severity === 'error')?.fault
  const party: Partial<Draft> =
    blamed === undefined || blamed === 'authtap' || blamed === 'undetermined'
      ? eitherServer(step)
      : { fault: blamed }
  if (!isForScope(step)) return party
  return {
    ...party,
    variant: 'insufficient-scope',
    remedy: `Let the client ask for the scope that the challenge names${step.scope === undefined ? '' : ` (${quoted(step.scope)})`}, and the authorization server grant it; the token request and its answer show both.`,
  }
}

/** Whom the words of the server leave to choose from. */
function eitherServer(step: Challenge) {
  const [, server, issuer] = reasons.find(([meaning]) => said(step, meaning)) ?? unsaid
  return undetermined({ 'resource-server': server, 'authorization-server': issuer })
}

type Reason = readonly [meaning: Meaning, server: string, issuer: string]

const unsaid: Reason = [
  'credential-refused',
  'it expects another issuer, audience, key or scope than it should',
  'it issues a token that this server cannot validate',
]

const reasons: readonly Reason[] = [
  [
    'audience',
    'it expects another audience than its metadata publishes',
    'it issues tokens for another audience than it is asked for',
  ],
  [
    'issuer',
    'it trusts another issuer than its metadata names',
    'it issues tokens in the name of another issuer than its metadata says',
  ],
  [
    'signature',
    'it checks the signature with other keys than those of the authorization server',
    'it signs with a key that it does not publish',
  ],
  [
    'key-id',
    'it does not fetch the keys of the authorization server, or keeps old ones',
    'it signs with a key that it does not publish',
  ],
  [
    'expired',
    'its clock is wrong',
    'its clock is wrong, or it issues tokens that have expired already',
  ],
  [
    'not-yet-valid',
    'its clock is wrong',
    'its clock is wrong, or it issues tokens that are not valid yet',
  ],
  [
    'scope',
    'it asks for a scope that its challenge and metadata do not name',
    'it grants less than was asked for',
  ],
]

/** The server names the audience although the token carries just the one that is published. */
function namesPublishedAudience(step: Challenge, token: TokenCall, flow: Flow): boolean {
  const published = flow.resourceMetadata?.resource
  return (
    said(step, 'audience') !== undefined &&
    published !== undefined &&
    audiences(token.accessToken!).includes(published)
  )
}
