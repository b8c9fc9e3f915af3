import { defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/issued-token-not-used',
  title: 'The client gets a token and goes on sending another credential',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6750 §2.1', 'MCP 2025-11-25 Token Requirements'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['T-1'],
  why: 'The login works but changes nothing: the server still gets the old credential, usually one from a header in the configuration of the client.',
  remedy:
    'Send the OAuth token in place of a configured Authorization header, or remove that header from the configuration of the client.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: 'token',

  *check(step, flow) {
    if (!step.ok || step.accessToken === undefined) return 'silent'
    const { endedAt = Infinity } = step.exchange
    const later = flow.mcpCalls.filter((call) => call.exchange.startedAt >= endedAt)
    if (later.some((call) => call.presented?.token.value === step.accessToken?.value)) return
    const others = later.filter((call) => call.presented !== undefined)
    if (others.length === 0 || flow.after(step, 'token').some(({ ok }) => ok)) return 'silent'
    const earlier = flow.mcpCalls.filter((call) => call.order < step.order)
    const fixed = others.find(
      (call) =>
        earlier.some((one) => one.presented?.raw === call.presented?.raw) &&
        flow.issuedBy(call.presented) === undefined &&
        // Before a refresh it held a token whose issue was not seen, which may serve to its end.
        (step.grantType !== 'refresh_token' || call.kind === 'challenge'),
    )
    if (fixed === undefined) return 'silent'
    const refused = fixed.kind === 'challenge'
    yield {
      severity: refused ? 'error' : 'warning',
      message: `the client received a token at #${step.exchange.id} and still sends the credential that it had before`,
      found: 'the new token is not sent',
      evidence: [
        {
          step: fixed,
          at: 'request.header.authorization[0]',
          note: 'not the token that was issued',
        },
        { step, at: 'response.json/token_type', note: 'the token that is not used' },
        { step: fixed, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the new token is used',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret static_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          \${opening only token mcp}`,
      },
    ],
    bad: [
      {
        name: 'a configured header wins over the token',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret static_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          \${opening only token}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret static_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { severity: 'error' },
      },
    ],
  },
})
