import {
  type Challenge,
  type Flow,
  type Step,
  type TokenCall,
  defineRule,
  header,
  origin,
  proxyArtifact,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/nonce-not-honoured',
  title: 'A DPoP nonce is asked for and not used, or not given',
  severity: ['error', 'warning'],
  fault: ['client', 'authorization-server', 'resource-server'],
  spec: ['RFC 9449 §8', 'RFC 9449 §8.2', 'RFC 9449 §9'],
  revisions: 'an extension, in draft',
  reads: ['dpop'],
  why: 'Without the nonce of the server no proof is good, and every request is refused in the same way.',
  remedy:
    'Keep the latest DPoP-Nonce of every origin, put it into the next proof as nonce, and send the refused request once more.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['challenge', 'token'],

  *check(step, flow) {
    if (!asksForNonce(step)) return step.proof === undefined ? 'silent' : undefined
    if (proxyArtifact(step) !== undefined) return 'silent'
    const nonce = header(step.exchange.response?.headers ?? [], 'dpop-nonce')
    const said = step.kind === 'token' ? 'response.json/error' : 'response.header.www-authenticate'
    if (nonce === undefined) {
      yield {
        variant: 'not-supplied',
        fault: step.kind === 'token' ? 'authorization-server' : 'resource-server',
        message: `${step.url} asks for a nonce and sends none`,
        remedy: 'Send DPoP-Nonce with every answer that asks for it, and expose it to browsers.',
        evidence: [
          { step, at: said },
          { step, at: 'response.header.dpop-nonce', note: 'there is no such field' },
        ],
      }
      return
    }
    const retry = flow.after(step, 'mcp', 'challenge', 'token').find(({ url }) => url === step.url)
    const given = { step, at: 'response.header.dpop-nonce', note: 'the nonce to be used' } as const
    if (retry === undefined) {
      if (!flow.waited('backChannel') || isAskedAgain(step, flow)) return 'silent'
      yield {
        variant: 'no-retry',
        message: `${step.url} asks for a nonce, and the client does not try again with it`,
        evidence: [{ step, at: said }, given],
      }
      return
    }
    if (isTwiceRefused(step, retry, flow))
      yield {
        variant: 'stale-nonce',
        message: 'the client tries again and does not use the nonce that it was given',
        evidence: [given, { step: retry, at: 'request.proof.nonce', note: 'not that one' }],
      }
  },

  examples: {
    good: [{ name: 'tried again with the nonce', http: asked('1') + redeemed() }],
    bad: [
      { name: 'given up', http: asked('1'), expect: { variant: 'no-retry', fault: 'client' } },
      {
        name: 'asked for and not given',
        http: asked('1', '') + redeemed(),
        expect: { variant: 'not-supplied', fault: 'authorization-server' },
      },
      {
        name: 'tried again in the same way',
        http: asked('1') + asked('2') + redeemed(),
        expect: { variant: 'stale-nonce', fault: 'client' },
      },
    ],
  },
})

function redeem(claims: string, answer: string): string {
  return `
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded
    > dpop: \${jwt {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"a","y":"b"}} {${claims},"htm":"POST","htu":"https://as.example/token","iat":1767268800}}

    grant_type=authorization_code&code=c1&client_id=app

    < HTTP/1.1 ${answer}
`
}

function asked(jti: string, field = '\n    < dpop-nonce: n1'): string {
  return redeem(`"jti":"${jti}"`, `400 Bad Request${field}\n\n    {"error":"use_dpop_nonce"}`)
}

function redeemed(): string {
  const answer = '{"access_token":"${secret at_}","token_type":"DPoP"}'
  return redeem('"jti":"3","nonce":"n1"', `200 OK\n\n    ${answer}`)
}

function asksForNonce(step: Challenge | TokenCall): boolean {
  return (step.kind === 'token' ? step.error?.error : step.error) === 'use_dpop_nonce'
}

/** The first of these requests tells that the client does not use the nonce. */
function isAskedAgain(step: Challenge | TokenCall, flow: Flow): boolean {
  return flow
    .before(step, 'challenge', 'token')
    .some((earlier) => earlier.url === step.url && asksForNonce(earlier))
}

/** Refused for the nonce again, with a proof that names none that this server gave. */
function isTwiceRefused(step: Challenge | TokenCall, retry: Step, flow: Flow): boolean {
  if (retry.kind !== 'challenge' && retry.kind !== 'token') return false
  if (!asksForNonce(retry)) return false
  const given = flow
    .before(retry, 'mcp', 'challenge', 'token')
    .filter(({ url }) => origin(url) === origin(step.url))
    .map(({ exchange }) => header(exchange.response?.headers ?? [], 'dpop-nonce'))
  const used = stringMember(retry.proof?.claims, 'nonce')
  // A nonce may have been replaced between the answer and the second try.
  return used === undefined || !given.includes(used)
}
