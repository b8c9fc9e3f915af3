import {
  type Flow,
  type Token,
  claimAt,
  defineRule,
  firstRefusal,
  member,
  objectOf,
  quoted,
  said,
  stringMember,
  tokenAt,
  wasLetIn,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/token-format-unsupported',
  title: 'The server cannot read the kind of token that it is given',
  severity: ['error'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 9068 §2.1', 'RFC 9068 §4', 'RFC 8725 §3.1', 'RFC 7662 §2.1'],
  revisions: 'all',
  seed: [{ item: 'A-5', faults: ['authorization-server'] }],
  why: 'A server that expects a signed JWT refuses every other token, so the login succeeds and every call is answered 401.',
  remedy:
    'Issue signed JWT access tokens for this resource, or let the MCP server ask the introspection endpoint what a token is good for.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token === undefined) return 'silent'
    const algorithm = stringMember(token.header, 'alg')
    if (algorithm?.toLowerCase() === 'none' && wasLetIn(token, flow)) {
      yield {
        variant: 'alg-none',
        fault: 'resource-server',
        message: 'the MCP server accepts a token that nobody signed (alg none)',
        remedy: 'Refuse tokens without a signature: anybody can write one.',
        evidence: [
          { step, at: claimAt(step, 'iss'), note: 'the header of the token says alg none' },
        ],
      }
      return
    }
    const refusal = firstRefusal(token, flow)
    if (refusal === undefined) return
    const variant = variantOf(token, algorithm)
    const blamed =
      variant === 'hmac' || variant === 'alg-none'
        ? said(refusal, 'token-format', 'signature', 'key-id')
        : said(refusal, 'token-format')
    if (variant === undefined || blamed === undefined) return
    const introspects = member(
      objectOf(flow.serverMetadata?.document ?? none),
      'introspection_endpoint',
    )
    const readable = variant === 'opaque' && introspects !== undefined
    yield {
      variant,
      fault: readable ? 'resource-server' : 'authorization-server',
      confidence: 'likely',
      message: `the access token is ${names[variant]}, and the MCP server answers ${refusal.status} (${quoted(blamed.words)})`,
      remedy: readable
        ? 'Ask the introspection endpoint of the authorization server what a token is good for, or have it issue JWT access tokens.'
        : undefined,
      hint: hintFor(variant, flow),
      evidence: [
        { step: refusal, at: blamed.at, note: 'what the server says' },
        { step: refusal, at: 'request.header.authorization', note: 'the token it was given' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'an opaque token that is refused for another reason',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="token is not active"`,
      },
    ],
    bad: [
      {
        name: 'an opaque token where a JWT is wanted',
        http: `
          \${opening only token mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="jwt malformed"`,
        expect: { variant: 'opaque', fault: 'authorization-server' },
      },
      {
        name: 'a token that nobody signed is accepted',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"alg":"none"} {"iss":"https://as.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{}}`,
        expect: { variant: 'alg-none', fault: 'resource-server' },
      },
    ],
  },
})

type Variant = 'opaque' | 'jwe' | 'alg-none' | 'hmac'

const none = { kind: 'empty' } as const

const names: Readonly<Record<Variant, string>> = {
  opaque: 'opaque, no JWT',
  jwe: 'an encrypted JWT',
  'alg-none': 'not signed (alg none)',
  hmac: 'signed with a shared secret (HMAC)',
}

function variantOf(token: Token, algorithm: string | undefined): Variant | undefined {
  if (token.format === 'opaque') return 'opaque'
  if (token.format === 'jwe') return 'jwe'
  if (algorithm?.toLowerCase() === 'none') return 'alg-none'
  return algorithm?.startsWith('HS') === true ? 'hmac' : undefined
}

/** Some servers give such tokens to whoever names no audience. */
function hintFor(variant: Variant, flow: Flow): string | undefined {
  const asked = [...flow.of('authorize', 'token')].some(({ resources }) => resources.length > 0)
  return variant === 'hmac' || variant === 'alg-none' || asked
    ? undefined
    : 'Some authorization servers issue JWTs only for a request that names an API: by `resource`, `audience` or scope.'
}
