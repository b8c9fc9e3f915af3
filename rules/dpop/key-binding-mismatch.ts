import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  type TokenCall,
  boundKey,
  defineRule,
  keyOf,
  param,
  refreshTokenSource,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/key-binding-mismatch',
  title: 'The key of a DPoP proof is not the one that the token is bound to',
  severity: ['error', 'warning'],
  fault: ['client', 'authorization-server'],
  spec: ['RFC 9449 §6.1', 'RFC 9449 §5', 'RFC 9449 §10'],
  revisions: 'an extension, in draft',
  reads: ['authorization', 'dpop'],
  why: 'Only the key that a token was issued to can use it, so another one is refused.',
  remedy:
    'Keep the key for as long as the token and its refresh token live, and sign every proof with it.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['mcp', 'challenge', 'token'],

  *check(step, flow) {
    const key = keyOf(step.proof)
    if (key === undefined || step.status === undefined) return 'silent'
    const fault = step.kind === 'token' ? atToken(step, key, flow) : atCall(step, key, flow)
    if (fault === undefined) return
    const refused = step.kind === 'challenge' || !step.ok
    yield {
      ...fault,
      severity: refused || fault.fault === 'authorization-server' ? 'error' : 'warning',
      evidence: [...fault.evidence, { step, at: 'response.status' }],
    }
  },

  examples: {
    good: [{ name: 'one key throughout', http: login('a') }],
    bad: [
      {
        name: 'another key than the token was issued to',
        http: login('z'),
        expect: { variant: 'token-endpoint', severity: 'error', fault: 'client' },
      },
    ],
  },
})

function login(x: string): string {
  const proof = (key: string, url: string) =>
    `\${jwt {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"${key}","y":"b"}} {"jti":"${url}","htm":"POST","htu":"${url}","iat":1767268800,"ath":"\${s256 \${secret at_}}"}}`
  return `
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded
    > dpop: ${proof('a', 'https://as.example/token')}

    grant_type=authorization_code&code=c1&client_id=app

    < HTTP/1.1 200 OK

    {"access_token":"\${secret at_}","token_type":"DPoP"}

    > POST https://mcp.example/mcp
    > authorization: DPoP \${secret at_}
    > dpop: ${proof(x, 'https://mcp.example/mcp')}

    {"jsonrpc":"2.0","id":1,"method":"initialize"}

    < HTTP/1.1 401 Unauthorized
    < www-authenticate: DPoP error="invalid_token"`
}

type Fault = Pick<Draft, 'variant' | 'fault' | 'message' | 'evidence' | 'remedy'>

function atCall(step: McpCall | Challenge, key: string, flow: Flow): Fault | undefined {
  const bound = boundKey(step.presented?.token)
  const issued = flow.issuedBy(step.presented)
  const earlier = keyOf(issued?.proof)
  // The client kept the key that it asked with: what the token is bound to is told where it was issued.
  if (bound !== undefined && bound !== key && earlier !== key)
    return {
      variant: 'cnf',
      message: `the token is bound to the key ${bound}, and the proof is signed with ${key}`,
      evidence: [
        { step, at: 'request.jwt.cnf', note: 'the key that the token is bound to' },
        { step, at: 'request.header.dpop', note: `its key is ${key}` },
      ],
    }
  return issued === undefined || earlier === undefined || earlier === key || bound === key
    ? undefined
    : {
        variant: 'token-endpoint',
        message: `the token was asked for with the key ${earlier}, and is presented with ${key}`,
        evidence: [
          { step: issued, at: 'request.header.dpop', note: `its key is ${earlier}` },
          { step, at: 'request.header.dpop', note: `its key is ${key}` },
        ],
      }
}

function atToken(step: TokenCall, key: string, flow: Flow): Fault | undefined {
  const bound = boundKey(step.accessToken)
  if (bound !== undefined && bound !== key)
    return {
      variant: 'as-bound-other-key',
      fault: 'authorization-server',
      message: `the proof is signed with the key ${key}, and the token is bound to ${bound}`,
      remedy: 'Bind the token to the thumbprint of the key in the proof (RFC 7638).',
      evidence: [
        { step, at: 'request.header.dpop', note: `its key is ${key}` },
        { step, at: 'response.jwt.cnf', note: 'must name the same key' },
      ],
    }
  const asked = flow.authorizationOf(step)?.step
  const announced = asked === undefined ? undefined : param(asked.params, 'dpop_jkt')
  if (asked !== undefined && announced !== undefined && announced !== key)
    return {
      variant: 'dpop-jkt',
      message: `the authorization request announces the key ${announced}, and the code is redeemed with ${key}`,
      evidence: [
        { step: asked, at: 'request.query.dpop_jkt' },
        { step, at: 'request.header.dpop', note: `its key is ${key}` },
      ],
    }
  // A confidential client may change its key (RFC 9449 §5).
  const source = step.clientAuth === 'none' ? refreshTokenSource(step, flow) : undefined
  const earlier = keyOf(source?.proof)
  return source === undefined || earlier === undefined || earlier === key
    ? undefined
    : {
        variant: 'refresh',
        message: `the refresh token was issued to the key ${earlier}, and is used with ${key}`,
        evidence: [
          { step: source, at: 'request.header.dpop', note: `its key is ${earlier}` },
          { step, at: 'request.header.dpop', note: `its key is ${key}` },
        ],
      }
}
