import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  type Signature,
  type Token,
  type TokenCall,
  blind,
  claimAt,
  defineRule,
  firstRefusal,
  objectOf,
  quoted,
  said,
  signatureOf,
  stringMember,
  tokenAt,
  undetermined,
  wasLetIn,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'claims/signature-invalid',
  title: 'The signature of the access token and the published keys do not go together',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'resource-server', 'undetermined'],
  spec: ['RFC 9068 §4', 'RFC 7515 §5.2', 'RFC 8725 §3.1', 'RFC 7517 §4.5'],
  revisions: 'all',
  why: 'A server that validates a JWT takes the key that the token names from the published set; where the two do not go together it answers 401, and one that does not look takes tokens that anybody can write.',
  remedy:
    'Sign access tokens with a key that stands at `jwks_uri`, under the `kid` that the token names, and keep an old key there until its last token has expired.',
  explains: [
    'audience/token-format-unsupported',
    'bearer/fresh-token-rejected',
    'claims/server-reported-failure',
    'flow/reauth-loop',
    'flow/stalled',
  ],

  on: ['token', 'mcp', 'challenge'],

  *check(step, flow) {
    const token = tokenAt(step, flow)
    if (token?.format !== 'jwt') return 'silent'
    const signature = signatureOf(token, flow)
    if (signature === undefined) return blind('the signing keys')
    const refusal = firstRefusal(token, flow)
    const draft =
      signature.outcome === 'verified'
        ? refusedRight(refusal)
        : draftFor({ step, flow, token, signature, refusal })
    if (draft === undefined) return
    yield { ...draft, evidence: [...draft.evidence, ...keysIn(flow, signature)] }
  },

  examples: {
    good: [
      { name: 'a token that the published key has signed', http: login('k1', 'k1') },
      {
        name: 'one that is refused for its audience',
        http: login('k1', 'k1') + refused('k1', 'invalid audience'),
      },
    ],
    bad: [
      {
        name: 'another key has signed than the one of that name',
        http: login('k1', 'k2 k1') + refused('k1', 'invalid signature'),
        expect: { variant: 'wrong', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'the key that the token names is not published',
        http: login('k1', 'k2') + refused('k1', 'unable to find a signing key'),
        expect: { variant: 'unknown-key', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'the published key has signed, and the server says that it has not',
        http: login('k1', 'k1') + refused('k1', 'signature verification failed'),
        expect: { variant: 'refused', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

function jwt(kid: string): string {
  return `\${jwt {"alg":"EdDSA","kid":"${kid}"} {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}`
}

/** A token that `kid` signs, and then the keys. */
function login(kid: string, jwk: string): string {
  return `
    > GET https://as.example/.well-known/oauth-authorization-server

    < HTTP/1.1 200 OK
    < content-type: application/json

    {"issuer":"https://as.example","token_endpoint":"https://as.example/token","jwks_uri":"https://as.example/jwks"}

    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=authorization_code&code=c1&client_id=app

    < HTTP/1.1 200 OK
    < content-type: application/json

    {"access_token":"${jwt(kid)}","token_type":"Bearer"}

    > GET https://as.example/jwks

    < HTTP/1.1 200 OK
    < content-type: application/json

    {"keys":[\${jwk ${jwk}}]}
`
}

function refused(kid: string, words: string): string {
  return `
    > POST https://mcp.example/mcp
    > authorization: Bearer ${jwt(kid)}

    {"jsonrpc":"2.0","id":1,"method":"initialize"}

    < HTTP/1.1 401 Unauthorized
    < www-authenticate: Bearer error="invalid_token", error_description="${words}"
`
}

interface Seen {
  readonly step: TokenCall | McpCall | Challenge
  readonly flow: Flow
  readonly token: Token
  readonly signature: Signature
  readonly refusal: Challenge | undefined
}

/** The server objects to a signature that is right. */
function refusedRight(refusal: Challenge | undefined): Draft | undefined {
  const blamed = refusal && said(refusal, 'signature', 'key-id')
  if (blamed === undefined) return undefined
  return {
    variant: 'refused',
    fault: 'resource-server',
    severity: 'error',
    message: `the signature of the token verifies with the published keys, and the MCP server says ${quoted(blamed.words)}`,
    remedy:
      'Let the MCP server take its keys from the `jwks_uri` of the authorization server that its metadata names, and fetch them again when a token names a key that it does not know.',
    evidence: [
      { step: refusal!, at: blamed.at, note: 'what the server says' },
      { step: refusal!, at: 'request.jwt.kid', note: 'the key that the token names' },
    ],
  }
}

function draftFor(seen: Seen): Draft | undefined {
  const { step, flow, token, signature, refusal } = seen
  const alg = stringMember(token.header, 'alg')
  const accepted = wasLetIn(token, flow)
  const unsigned = alg?.toLowerCase() === 'none'
  // That is a fault of its own (audience/token-format-unsupported).
  if (unsigned && accepted) return undefined
  if (refusal === undefined && mayBePrivate(token, signature, accepted)) return undefined
  const issued = step.kind === 'token'
  return {
    variant: !issued && accepted ? 'accepted' : signature.outcome,
    ...blame(issued, accepted),
    severity: severityOf(seen, issued, accepted),
    confidence: signature.older === true ? 'likely' : 'certain',
    message: messageOf(token, signature) + (accepted ? ', and the MCP server accepts it' : ''),
    evidence: [
      { step, at: claimAt(step, 'alg') },
      { step, at: claimAt(step, 'kid'), ...noteOf(signature) },
      refusal && { step: refusal, at: 'response.status', note: 'refused' },
    ],
  }
}

/**
 * Whoever shares a secret with the issuer can check what no published key is for (RFC 7518 §3.2), and a token that is taken,
 * and does not call itself one of RFC 9068, may be signed for its server alone or be asked about (RFC 7662).
 */
function mayBePrivate({ header }: Token, { outcome }: Signature, accepted: boolean): boolean {
  if (outcome === 'algorithm') return true
  const typ = stringMember(header, 'typ')?.toLowerCase().replace('application/', '')
  return outcome === 'unknown-key' && accepted && typ !== 'at+jwt'
}

function severityOf({ signature, refusal }: Seen, issued: boolean, accepted: boolean) {
  const other = ['audience', 'issuer', 'expired', 'not-yet-valid', 'scope', 'session'] as const
  const blamed = refusal && said(refusal, 'signature', 'key-id', 'token-format')
  if (refusal !== undefined)
    return blamed !== undefined || (said(refusal, ...other) === undefined && !signature.older)
      ? 'error'
      : 'warning'
  return !issued && accepted && signature.outcome === 'wrong' ? 'error' : 'warning'
}

function blame(issued: boolean, accepted: boolean): Pick<Draft, 'fault' | 'candidates' | 'remedy'> {
  if (issued) return { fault: 'authorization-server' }
  if (accepted)
    return {
      fault: 'resource-server',
      remedy:
        'Check the signature of every token with the keys of the authorization server, and refuse what does not verify.',
    }
  return undetermined({
    client: 'it presents a token that was changed, or made by somebody else',
    'authorization-server': 'it signs with a key that it does not publish',
  })
}

function messageOf(token: Token, { outcome }: Signature): string {
  const alg = quoted(stringMember(token.header, 'alg'))
  const kid = stringMember(token.header, 'kid')
  if (outcome === 'algorithm')
    return `the access token is signed with ${alg}, for which the authorization server publishes no key`
  if (outcome === 'unknown-key')
    return `the access token names the key ${quoted(kid)}, which is not among those that the authorization server publishes`
  return kid === undefined
    ? 'no key that the authorization server publishes makes the signature of the access token'
    : `the published key ${quoted(kid)} does not make the signature of the access token`
}

function noteOf({ ids, older, keys }: Signature): { note?: string } {
  const listed = ids?.length === 0 ? 'keys without ids' : ids?.join(', ')
  return listed === undefined
    ? {}
    : { note: `${keys} has ${listed}${older === true ? ', read before the token was seen' : ''}` }
}

/** Where the keys stand, as far as the capture shows it. */
function keysIn(flow: Flow, { keys }: Signature): Draft['evidence'] {
  const naming = flow
    .of('server-metadata')
    .find(({ document }) => stringMember(objectOf(document), 'jwks_uri') === keys)
  const read = flow.of('jwks').findLast(({ url }) => url === keys)
  return [
    naming && { step: naming, at: 'response.json/jwks_uri', note: 'where the keys are' },
    read && { step: read, at: 'response.json/keys', note: 'the published keys' },
  ]
}
