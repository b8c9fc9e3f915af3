import {
  type Challenge,
  type Flow,
  type McpCall,
  type Place,
  type Pointer,
  audiences,
  claimedExpiry,
  defineRule,
  gatewayOf,
  isOwnAudience,
  quoted,
  redirectOf,
  saysCredentialMissing,
  saysUnauthenticated,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/authorization-stripped',
  title: 'The Authorization field does not arrive at the MCP server',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §11.6.2', 'RFC 9110 §7.6', 'RFC 6750 §3.1'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['T-2', 'T-3', 'T-4'],
  threads: [
    'https://github.com/hauptsacheNet/typo3-mcp-server/issues/33',
    'https://github.com/google-gemini/gemini-cli/issues/8487',
  ],
  why: 'The client sends a good token, something on the way takes it off, and the server answers as if nobody had logged in: a new login changes nothing.',
  remedy:
    'Forward the Authorization field through every proxy, CDN and gateway in front of the MCP server, for every method.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

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

    const { twin, differs } =
      step.kind === 'challenge' ? comparison(step, flow) : { twin: undefined, differs: false }
    if (told === undefined && step.kind === 'challenge') {
      const wordless = step.error === undefined && step.challenges.lines.length > 0
      const vague = step.challenges.lines.length === 0 && saysUnauthenticated(step.bodyText)
      if (differs || !(wordless || vague)) return
    }
    const [other] = worked
    const gateway = gatewayOf(step.exchange.response?.headers ?? [])
    const fresh = flow.issuedBy(step.presented) !== undefined
    const alike = twin !== undefined
    const passed = gateway !== undefined && fresh
    if (told === undefined && other === undefined && !alike && !passed) return
    const evidence: Pointer[] = [
      { step, at: 'request.header.authorization', note: 'the client did send it' },
    ]
    if (told !== undefined) evidence.push({ step, at: told.at })
    else evidence.push({ step, at: challengeField, note: 'no error code, as when no token comes' })
    if (alike) evidence.push({ step: twin, at: challengeField, note: 'the same without a token' })
    if (gateway !== undefined)
      evidence.push({
        step,
        at: 'response.status',
        note: `came through ${gateway.name}: ${gateway.trace}`,
      })
    if (other !== undefined)
      evidence.push({ step: other, at: 'response.status', note: 'the same token, accepted' })
    yield {
      variant: other ? 'by-method' : wasRedirected(step, flow) ? 'after-redirect' : 'all-methods',
      severity: told || other || (alike && passed) ? 'error' : 'warning',
      confidence: other !== undefined && (told !== undefined || alike) ? 'certain' : 'likely',
      message:
        `the client sent Authorization: ${step.presented.scheme} …, and ${step.target} answers ` +
        (told === undefined ? 'as if none had come' : quoted(told.text)) +
        (other === undefined ? '' : `; with ${other.method} it accepts the same token`),
      ...(gateway?.passAuthorization === undefined ? {} : { hint: gateway.passAuthorization }),
      evidence,
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

const challengeField = 'response.header.www-authenticate'

/** Reasons of its own why a server may refuse a token, as far as the token shows them. */
function isBad({ presented, exchange }: Challenge | McpCall, flow: Flow): boolean {
  const token = presented?.token
  if (token === undefined) return false
  if ((claimedExpiry(token) ?? Infinity) <= exchange.startedAt) return true
  const named = audiences(token)
  return named.length > 0 && !named.some((audience) => isOwnAudience(audience, flow))
}

/** How the server answers requests without credentials: the same way, otherwise, or not seen. */
function comparison(step: Challenge, flow: Flow): { twin?: Challenge; differs: boolean } {
  const bare = flow
    .of('challenge')
    .filter((other) => other.status === 401 && other.authorization.length === 0)
  const lines = step.challenges.lines.join('\n')
  const twin = bare.find(
    (other) =>
      other.challenges.lines.join('\n') === lines &&
      (lines !== '' || other.bodyText === step.bodyText),
  )
  return twin === undefined ? { differs: bare.length > 0 } : { twin, differs: false }
}

/** The server's own words on what it missed. */
function complaint(step: Challenge | McpCall): { text: string; at: Place } | undefined {
  const texts: { text: string; at: Place }[] =
    step.kind === 'challenge'
      ? [
          { text: step.errorDescription ?? '', at: challengeField },
          { text: step.bodyText, at: 'response.body' },
        ]
      : [{ text: step.answer?.error?.message ?? '', at: 'response.json/error/message' }]
  return texts.find(({ text }) => saysCredentialMissing(text))
}

/** Calls that the server accepted with this very token. */
function accepted(step: Challenge | McpCall, flow: Flow): McpCall[] {
  return flow
    .of('mcp')
    .filter((call) => call.ok && call.presented?.token.value === step.presented?.token.value)
}

/** The server moved the client to this URL. */
function wasRedirected(step: Challenge | McpCall, flow: Flow): boolean {
  return flow.before(step, 'mcp').some((call) => redirectOf(call) === step.url)
}
