import {
  type Challenge,
  type Flow,
  type McpCall,
  type Said,
  audiences,
  claimedExpiry,
  defineRule,
  gatewayOf,
  isFollowUp,
  isOwnAudience,
  quoted,
  said,
  throughGateway,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/authorization-stripped',
  title: 'The Authorization field does not reach the MCP server',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §11.6.2', 'RFC 9110 §7.6', 'RFC 6750 §3.1'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['T-2', 'T-4'],
  threads: [
    'https://github.com/hauptsacheNet/typo3-mcp-server/issues/33',
    'https://github.com/google-gemini/gemini-cli/issues/8487',
  ],
  why: 'The client sends a good token, and something on the way removes it. The server answers as if nobody had logged in, so a new login changes nothing.',
  remedy:
    'Forward the Authorization field through every proxy, CDN and gateway in front of the MCP server, for every method.',
  explains: [
    'challenge/error-code-misuse',
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'challenge/www-authenticate-missing',
    'trial/bad-token-not-refused',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    if (step.presented === undefined) return 'silent'
    if (step.ok) return
    const told = complaint(step)
    if (told === undefined && (step.kind === 'mcp' || step.status !== 401)) return 'silent'
    if (!['bearer', 'dpop'].includes(step.presented.scheme.toLowerCase())) return 'silent'
    if (isBad(step, flow)) return 'silent'
    const worked = accepted(step, flow)
    if (worked.some(({ method }) => method === step.method)) return 'silent'
    const other = worked.find((call) => isSoon(call, step))
    // What was accepted long before may be over by now.
    if (told === undefined && other === undefined && worked.length > 0) return 'silent'

    const bare = step.kind === 'challenge' ? bareChallenges(flow) : []
    const twin = bare.find((challenge) => isAlike(challenge, step))
    if (told === undefined && (saysMore(step) || (twin === undefined && bare.length > 0))) return
    const gateway = gatewayOf(step.exchange.response?.headers ?? [])
    const isFresh = gateway !== undefined && flow.issuedBy(step.presented) !== undefined
    if (told === undefined && other === undefined && twin === undefined && !isFresh) return
    yield {
      variant: other ? 'by-method' : isFollowUp(step, flow) ? 'after-redirect' : 'all-methods',
      severity: told || other || (twin && isFresh) ? 'error' : 'warning',
      confidence: other && (told || twin) ? 'certain' : 'likely',
      message:
        `the client sent Authorization: ${step.presented.scheme} …, and ${step.target} answers ` +
        (told === undefined ? 'as if it had got none' : quoted(told.words)) +
        (other === undefined ? '' : `; with ${other.method} it accepts the same token`),
      found: `Authorization does not arrive${told === undefined ? '' : ` (${quoted(told.words)})`}`,
      hint: gateway?.passAuthorization,
      evidence: [
        { step, at: 'request.header.authorization', note: 'the client did send it' },
        told
          ? { step, at: told.at }
          : { step, at: challengeField, note: 'no error code, as when no token comes' },
        twin && { step: twin, at: challengeField, note: 'the same without a token' },
        gateway && { step, at: 'response.status', note: throughGateway(gateway) },
        other && { step: other, at: 'response.status', note: 'the same token, accepted' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a token that is refused as such did arrive',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="Authentication required"`,
      },
    ],
    bad: [
      {
        name: 'the server says in words that no header came',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < server: Apache/2.4.62

          {"error":"Missing Authorization header"}`,
        expect: { variant: 'all-methods', severity: 'error' },
      },
      {
        name: 'a CDN drops the field on GET alone',
        http: `
          \${opening only mcp}

          > GET https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > accept: text/event-stream

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < x-amz-cf-id: e1`,
        expect: { variant: 'by-method', severity: 'error' },
      },
    ],
  },
})

type Call = Challenge | McpCall

const challengeField = 'response.header.www-authenticate'

/** Reasons of its own why a server may refuse a token, as far as the token shows them. */
function isBad({ presented, exchange }: Call, flow: Flow): boolean {
  const token = presented?.token
  if (token === undefined) return false
  if ((claimedExpiry(token) ?? Infinity) <= exchange.startedAt) return true
  const named = audiences(token)
  return named.length > 0 && !named.some((audience) => isOwnAudience(audience, flow))
}

/** How the server answers requests without credentials. */
function bareChallenges(flow: Flow): Challenge[] {
  return flow
    .of('challenge')
    .filter(({ status, authorization }) => status === 401 && authorization.length === 0)
}

function isAlike(bare: Challenge, step: Call): boolean {
  if (step.kind !== 'challenge') return false
  const [lines, bareLines] = [step, bare].map(({ challenges }) => challenges.lines.join('\n'))
  return lines === bareLines && (lines !== '' || bare.bodyText === step.bodyText)
}

/** The answer to a token says more than that none came. */
function saysMore(step: Call): boolean {
  if (step.kind !== 'challenge') return false
  const isBare = step.challenges.lines.length === 0
  return isBare
    ? said(step, 'credential-missing', 'unauthenticated', 'credential-refused') === undefined
    : step.error !== undefined
}

/** The server's own words on what it missed. */
function complaint(step: Call): Said | undefined {
  if (step.kind === 'mcp' && step.answer?.error === undefined) return undefined
  return said(step, 'credential-missing')
}

/** Between calls this close to each other a token does not run out, in milliseconds. */
const soon = 60_000

function isSoon(a: Call, b: Call): boolean {
  return Math.abs(a.exchange.startedAt - b.exchange.startedAt) <= soon
}

/** Calls that the server accepted with this very token. */
function accepted(step: Call, flow: Flow): McpCall[] {
  return flow
    .of('mcp')
    .filter((call) => call.ok && call.presented?.token.value === step.presented?.token.value)
}
