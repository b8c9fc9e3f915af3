import {
  type Draft,
  blind,
  defineRule,
  proxyArtifact,
  quoted,
  sameUrl,
  stringMember,
  tokenHash,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/proof-request-mismatch',
  title: 'The DPoP proof describes another request',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 9449 §4.2', 'RFC 9449 §4.3'],
  revisions: 'an extension, in draft',
  reads: ['authorization', 'dpop'],
  why: 'A proof holds for one method, one URL and one token, so the server refuses it for another.',
  remedy:
    'Sign the method of the request, its URL without query and fragment, and the SHA-256 of the very token that is sent; behind a proxy servers compare with the public URL.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['mcp', 'challenge', 'token'],

  *check(step) {
    const claims = step.proof?.claims
    if (claims === undefined || step.status === undefined) return 'silent'
    if (proxyArtifact(step) !== undefined) return 'silent'
    const [htm, htu, ath] = ['htm', 'htu', 'ath'].map((name) => stringMember(claims, name))
    const refused = step.kind === 'challenge' || !step.ok
    const { method } = step.exchange.request
    const found = (variant: string, message: string, evidence: Draft['evidence']): Draft => ({
      variant,
      severity: refused ? 'error' : 'warning',
      message,
      evidence: [...evidence, { step, at: 'response.status' }],
    })
    if (htm !== undefined && htm !== method) {
      yield found('htm', `the proof is for ${quoted(htm)}, and the request is a ${method}`, [
        { step, at: 'request.proof.htm' },
        { step, at: 'request.method' },
      ])
      return
    }
    const bare = withoutResponse(htu ?? '')
    const url = withoutResponse(step.url)
    const isSlash = sameUrl(bare, url) && bare.endsWith('/') !== url.endsWith('/')
    if (htu !== undefined && (!sameUrl(bare, url) || isSlash || bare !== htu)) {
      const query = sameUrl(bare, url) && !isSlash
      yield {
        ...found(
          query ? 'query-in-htu' : 'htu',
          query
            ? 'htu of the proof holds a query or a fragment'
            : `the proof is for ${quoted(htu)}, and the request goes to ${quoted(url)}`,
          [
            { step, at: 'request.proof.htu', note: `must be ${url}` },
            { step, at: 'request.url' },
          ],
        ),
        ...(query || isSlash ? { severity: 'warning' as const } : {}),
      }
      return
    }
    if (step.kind === 'token' || ath === undefined || step.presented === undefined) return
    const expected = tokenHash(step.presented.token)
    if (expected === undefined) return blind('the Authorization header')
    if (ath !== expected)
      yield found('ath', 'ath of the proof is not the hash of the token that is sent', [
        { step, at: 'request.proof.ath', note: `must be ${expected}` },
        { step, at: 'request.header.authorization' },
      ])
  },

  examples: {
    good: [{ name: 'this method, this URL, this token', http: call({}) }],
    bad: [
      {
        name: 'another URL',
        http: call({ htu: 'https://mcp.example/' }),
        expect: { variant: 'htu', severity: 'error' },
      },
      { name: 'another method', http: call({ htm: 'GET' }), expect: { variant: 'htm' } },
      { name: 'another token', http: call({ ath: '${s256 old}' }), expect: { variant: 'ath' } },
      {
        name: 'with the query',
        http: call({ htu: 'https://mcp.example/mcp?a=b' }),
        expect: { variant: 'query-in-htu', severity: 'warning' },
      },
    ],
  },
})

function call(changes: Record<string, unknown>): string {
  const claims = {
    jti: '1',
    htm: 'POST',
    htu: 'https://mcp.example/mcp',
    iat: 1767268800,
    ath: '${s256 ${secret at_}}',
    ...changes,
  }
  return `
    > POST https://mcp.example/mcp
    > authorization: DPoP \${secret at_}
    > dpop: \${jwt {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"a","y":"b"}} ${JSON.stringify(claims)}}

    {"jsonrpc":"2.0","id":1,"method":"initialize"}

    < HTTP/1.1 401 Unauthorized
    < www-authenticate: DPoP error="invalid_token"`
}
