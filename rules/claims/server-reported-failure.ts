import {
  type Meaning,
  audiences,
  defineRule,
  firstRefusal,
  quoted,
  said,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'claims/server-reported-failure',
  title: 'The server says which check of the token failed',
  severity: ['info'],
  fault: ['resource-server'],
  spec: ['RFC 6750 §3'],
  revisions: 'all',
  why: 'The words of the server beside the token show where to look, even where nothing here proves who is wrong.',
  remedy:
    'Compare what the server says with the token beside it; where the words are too few, turn on the log of its token validation.',
  aggregates: true,

  on: 'challenge',

  *check(step, flow) {
    const token = step.presented?.token
    if (token === undefined) return 'silent'
    if (firstRefusal(token, flow) !== step) return
    const reported = checks.find(([meaning]) => said(step, meaning))
    if (reported === undefined) return
    const explained = flow.findings.some(
      ({ rule, severity, evidence }) =>
        severity === 'error' &&
        !rule.startsWith('flow/') &&
        rule !== 'bearer/fresh-token-rejected' &&
        evidence.some(({ exchange }) => exchange === step.exchange.id),
    )
    if (explained) return
    const [meaning, variant] = reported
    const { words, at } = said(step, meaning)!
    const issuer = stringMember(token.claims, 'iss')
    const named = audiences(token).map(quoted).join(', ')
    yield {
      variant,
      message:
        `the MCP server says ${quoted(words)}; the token ` +
        (token.claims === undefined
          ? 'is not one that can be read here'
          : `has aud ${named === '' ? 'none' : named}, iss ${issuer === undefined ? 'none' : quoted(issuer)}`),
      evidence: [
        { step, at, note: 'what the server says' },
        token.claims !== undefined && { step, at: 'request.jwt.aud' },
        token.claims !== undefined && { step, at: 'request.jwt.iss' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a refusal that says no more than that',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'the signature, in the words of the body',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < content-type: application/json

          {"error":{"message":"Signature verification failed"}}`,
        expect: { variant: 'signature', severity: 'info' },
      },
    ],
  },
})

const checks: readonly (readonly [Meaning, string])[] = [
  ['audience', 'audience'],
  ['issuer', 'issuer'],
  ['signature', 'signature'],
  ['key-id', 'signature'],
  ['expired', 'expired'],
  ['not-yet-valid', 'expired'],
  ['claim-missing', 'missing-claim'],
  ['scope', 'scope'],
  ['credential-missing', 'missing-header'],
]
