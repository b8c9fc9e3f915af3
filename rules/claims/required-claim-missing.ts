import {
  type Said,
  type Token,
  atLeast,
  claimAt,
  defineRule,
  firstRefusal,
  member,
  quoted,
  said,
  tokenAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'claims/required-claim-missing',
  title: 'The access token lacks a claim that the server wants',
  severity: ['error'],
  fault: ['authorization-server'],
  spec: ['RFC 9068 §2.2'],
  revisions: 'from 2025-06-18',
  seed: ['A-5'],
  why: 'The server validates the token and stops at what is missing, so the login succeeds and every call is answered 401.',
  remedy:
    'Add the claim to the access tokens in the token configuration of the authorization server, or turn its RFC 9068 profile on.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'audience/aud-missing',
  ],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token?.format !== 'jwt') return 'silent'
    if (!atLeast(flow.revision.client, '2025-06-18')) return 'silent'
    const refusal = firstRefusal(token, flow)
    const blamed = refusal === undefined ? undefined : said(refusal, 'claim-missing')
    if (refusal === undefined || blamed === undefined) return
    const name = lackingIn(token, blamed)
    if (name === undefined) return
    yield {
      variant: name,
      message: `the MCP server answers ${refusal.status} (${quoted(blamed.words)}), and the token has no ${name}`,
      evidence: [
        { step, at: claimAt(step, name), note: 'there is none' },
        { step: refusal, at: blamed.at, note: 'what the server says' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the claim that the server names is there',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"sub":"u"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="missing required sub claim"`,
      },
    ],
    bad: [
      {
        name: 'the server wants to know who it is',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="missing required \\"sub\\" claim"`,
        expect: { variant: 'sub', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

/** Claims of an access token, and names under which some servers carry the same. `aud` is a matter of its own. */
const claims: Readonly<Record<string, readonly string[]>> = {
  iss: [],
  exp: [],
  sub: [],
  client_id: ['azp', 'cid', 'appid'],
  iat: [],
  jti: [],
  scope: ['scp'],
  scp: ['scope'],
  email: [],
  tid: [],
  oid: [],
  roles: [],
  groups: [],
  org_id: [],
}

/** The claim that the words name and the token does not have. */
function lackingIn(token: Token, { words }: Said): string | undefined {
  const named = new Set(words.toLowerCase().match(/[a-z_]+/g))
  return Object.keys(claims).find(
    (name) =>
      named.has(name) &&
      [name, ...claims[name]!].every((one) => member(token.claims, one) === undefined),
  )
}
