import {
  type Challenge,
  audiences,
  before,
  blamesOther,
  claimAt,
  defineRule,
  firstRefusal,
  quoted,
  said,
  tokenAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/aud-missing',
  title: 'The access token names no audience',
  severity: ['error', 'info'],
  fault: ['authorization-server'],
  spec: ['RFC 9068 §2.2', 'MCP 2025-11-25 Token Audience Binding and Validation'],
  revisions: 'from 2025-06-18; a note before',
  seed: ['A-3', 'A-4', 'A-5'],
  why: 'An MCP server must refuse a token that does not say that it is for it, so the login succeeds and every call is answered 401.',
  remedy:
    'Configure the authorization server to put the resource identifier of the MCP server into `aud` (an audience mapper in Keycloak, an API identifier in Auth0 or Okta).',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token?.format !== 'jwt') return 'silent'
    if (audiences(token).some((audience) => audience !== '')) return
    const refusal = firstRefusal(token, flow)
    // That a server takes such a token is told by audience/server-accepts-wrong-audience.
    if (refusal === undefined || isAboutElse(refusal)) return 'silent'
    const blamed = said(refusal, 'audience')
    yield {
      severity: before(flow.revision.server, '2025-06-18') ? 'info' : 'error',
      confidence: blamed === undefined ? 'likely' : 'certain',
      message:
        'the access token has no aud' +
        `, and the MCP server answers ${refusal.status}` +
        (blamed === undefined ? '' : ` (${quoted(blamed.words)})`),
      expected: flow.resource,
      evidence: [
        {
          step,
          at: claimAt(step, 'aud'),
          note: `there is none${flow.resource === undefined ? '' : `; it should hold ${flow.resource}`}`,
        },
        { step: refusal, at: blamed?.at ?? 'response.status', note: 'refused' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the token is for the MCP server',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'no aud, and the server wants one',
        http: `
          \${opening}

          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iss":"https://as.example","sub":"u"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example","sub":"u"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="missing required aud claim"`,
        expect: { severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

/** The server says what it objects to, and it is not the audience: another check, or another claim that is missing. */
function isAboutElse(refusal: Challenge): boolean {
  const missing = said(refusal, 'claim-missing')
  const isOther = missing !== undefined && !missing.words.toLowerCase().includes('aud')
  return isOther || blamesOther(refusal, 'audience', 'claim-missing', 'token-format')
}
