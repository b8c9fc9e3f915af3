import {
  type Flow,
  blamesOther,
  claimAt,
  defineRule,
  firstRefusal,
  origin,
  quoted,
  said,
  sameUrl,
  stringMember,
  tokenAt,
  wasLetIn,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'claims/issuer-mismatch',
  title: 'The issuer in the token is not the authorization server that the client used',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 9068 §4', 'RFC 8414 §2'],
  revisions: 'all',
  seed: [{ item: 'A-5', faults: ['authorization-server'] }],
  why: 'A server that validates tokens compares `iss` character by character with the issuer it trusts, and answers 401 to every other.',
  remedy:
    'Issue tokens whose `iss` is the issuer of the published metadata (token version, custom domain, slash at the end), and list that issuer in the resource metadata.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    const issuer = stringMember(token?.claims, 'iss')
    if (token?.format !== 'jwt' || issuer === undefined) return 'silent'
    const known = issuersKnown(flow)
    if (known.length === 0) return 'silent'
    const refusal = firstRefusal(token, flow)
    const blamed = refusal === undefined ? undefined : said(refusal, 'issuer')
    const isKnown = known.includes(issuer)
    if (isKnown && (refusal === undefined || blamed === undefined)) return
    // What the server objects to by name is something else.
    if (refusal !== undefined && blamesOther(refusal, 'issuer', 'signature', 'key-id')) return
    // An upstream login service may issue the tokens of a server that takes them.
    if (!isKnown && refusal === undefined && (!wasLetIn(token, flow) || !isAlike(issuer, known)))
      return
    yield {
      variant: isKnown ? 'expectation' : variantOf(issuer, known),
      severity: refusal === undefined ? 'warning' : 'error',
      fault: isKnown ? 'resource-server' : 'authorization-server',
      confidence: isKnown || blamed !== undefined ? 'certain' : 'likely',
      message:
        `the token says iss=${quoted(issuer)}; ` +
        (isKnown
          ? 'that is what its metadata says'
          : `the metadata says ${known.map(quoted).join(', ')}`) +
        (blamed === undefined
          ? ''
          : isKnown
            ? `, and the MCP server refuses it (${quoted(blamed.words)})`
            : ` (the MCP server: ${quoted(blamed.words)})`),
      found: isKnown ? `the right issuer is refused (${issuer})` : issuer,
      expected: isKnown ? undefined : known[0],
      remedy: isKnown
        ? 'Let the MCP server trust the issuer that its own resource metadata names, character by character.'
        : undefined,
      evidence: [
        { step, at: claimAt(step, 'iss') },
        flow.serverMetadata && {
          step: flow.serverMetadata,
          at: 'response.json/issuer',
          note: 'the issuer of the metadata',
        },
        flow.resourceMetadata && {
          step: flow.resourceMetadata,
          at: 'response.json/authorization_servers',
          note: 'what the MCP server trusts',
        },
        refusal && { step: refusal, at: blamed?.at ?? 'response.status', note: 'refused' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the issuer is that of the metadata',
        http: `
          \${opening}

          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iss":"https://as.example"}}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'a slash more than the metadata has, and the server compares',
        http: `
          \${opening}

          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iss":"https://as.example/"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example/"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="Invalid issuer"`,
        expect: { variant: 'trailing-slash', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

/** Issuers that a token of this flow may rightly carry. */
function issuersKnown(flow: Flow): string[] {
  const listed = flow.resourceMetadata?.authorizationServers ?? []
  const own = flow.serverMetadata?.issuer
  return [...new Set(own === undefined ? listed : [own, ...listed])]
}

const isMicrosoft = (url: string) =>
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(url)

/** Another spelling of a known issuer, not another server. */
function isAlike(issuer: string, known: readonly string[]): boolean {
  return known.some(
    (one) =>
      sameUrl(one, issuer) ||
      (isMicrosoft(one) && isMicrosoft(issuer)) ||
      origin(one) === origin(issuer),
  )
}

function variantOf(issuer: string, known: readonly string[]): string {
  if (known.some((one) => sameUrl(one, issuer))) return 'trailing-slash'
  if (known.some((one) => isMicrosoft(one)) && isMicrosoft(issuer)) return 'version'
  return known.some((one) => origin(one) === origin(issuer)) ? 'alias' : 'unlisted'
}
