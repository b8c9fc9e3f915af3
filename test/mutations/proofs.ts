import { fill } from '../../src/core/transcript/fill.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { s256 } from '../../src/core/wire/hash.ts'
import { header } from '../../src/core/wire/exchange.ts'
import {
  type Json,
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  followedBy,
  requestField,
  rewritten,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { find } from './places.ts'

const proofOf = ({ request }: Exchange) => header(request.headers, 'dpop')!

/** The proof of a request with other claims, or another header. */
const proof =
  (claims: Json, head: Json = {}) =>
  (exchange: Exchange) =>
    requestField('dpop', rewritten(proofOf(exchange), claims, head))(exchange)

const refusing = (error: string) =>
  answer(401, [['www-authenticate', `DPoP algs="EdDSA ES256", error="${error}"`]])

const otherKey = JSON.parse(fill('${jwk another}')) as Json

/** A call is refused for its proof, and the client leaves it at that. */
function call(rule: string, what: string, change: (exchange: Exchange) => Exchange): Mutation {
  return {
    rule,
    what,
    guilty: ['client'],
    apply: where('proven', (t, i) => endingAt(t, i, chain(change, refusing('invalid_dpop_proof')))),
  }
}

/** A token request is refused for its proof. */
function redemption(
  rule: string,
  what: string,
  change: (exchange: Exchange) => Exchange,
): Mutation {
  const refused = answerJson(400, { error: 'invalid_dpop_proof' })
  return {
    rule,
    what,
    guilty: ['client'],
    apply: where('provenToken', (t, i) => endingAt(t, i, chain(change, refused))),
  }
}

/** What may go wrong with DPoP. */
export const proofs: readonly Mutation[] = [
  call('dpop/proof-invalid', 'a call comes without a proof', requestField('dpop', undefined)),
  call('dpop/proof-invalid', 'the proof has the typ of another JWT', proof({}, { typ: 'JWT' })),
  call(
    'dpop/proof-invalid',
    'the proof is signed with a shared secret',
    proof({}, { alg: 'HS256' }),
  ),
  call('dpop/proof-invalid', 'the proof has no key', proof({}, { jwk: undefined })),
  call('dpop/proof-invalid', 'the proof of a call has no ath', proof({ ath: undefined })),
  call('dpop/proof-request-mismatch', 'the proof is for another method', proof({ htm: 'GET' })),
  call(
    'dpop/proof-request-mismatch',
    'the proof is for another URL',
    proof({ htu: 'https://mcp.example/other' }),
  ),
  call('dpop/proof-request-mismatch', 'the proof is for another token', proof({ ath: 'another' })),
  call(
    'dpop/proof-replayed-or-stale',
    'the proof is an hour old',
    proof({ iat: 1767268800 - 3600, jti: 'fresh' }),
  ),
  call(
    'dpop/key-binding-mismatch',
    'the client has lost its key and signs with a new one',
    proof({ jti: 'fresh' }, { jwk: otherKey }),
  ),
  redemption(
    'dpop/proof-invalid',
    'the proof of a token request is no JWT',
    requestField('dpop', 'yes'),
  ),
  redemption(
    'dpop/proof-request-mismatch',
    'the proof of a token request is for the server and not its endpoint',
    proof({ htu: 'https://as.example/' }),
  ),
  redemption(
    'dpop/proof-replayed-or-stale',
    'the proof of a token request is of tomorrow',
    proof({ iat: 1767268800 + 86_400 }),
  ),
  {
    rule: 'dpop/proof-replayed-or-stale',
    what: 'a proof is sent with a second request',
    guilty: ['client'],
    apply: where('proven', (t, i) => followedBy(t, refusing('invalid_dpop_proof')(t[i]!))),
  },
  {
    rule: 'dpop/bound-token-sent-as-bearer',
    what: 'a bound token is presented as a Bearer token',
    guilty: ['client'],
    apply: where('proven', (t, i) =>
      endingAt(
        t,
        i,
        chain(
          (exchange) =>
            requestField(
              'authorization',
              header(exchange.request.headers, 'authorization')!.replace('DPoP', 'Bearer'),
            )(exchange),
          requestField('dpop', undefined),
          refusing('invalid_token'),
        ),
      ),
    ),
  },
  {
    rule: 'dpop/nonce-not-honoured',
    what: 'the MCP server asks for a nonce and gives none',
    guilty: ['resource-server'],
    apply: where('proven', (t, i) => endingAt(t, i, refusing('use_dpop_nonce'))),
  },
  {
    rule: 'dpop/nonce-not-honoured',
    what: 'the client does not try again with the nonce of the MCP server',
    guilty: ['client'],
    apply: where('proven', (t, i) =>
      endingAt(
        t,
        i,
        answer(401, [
          ['www-authenticate', 'DPoP algs="EdDSA", error="use_dpop_nonce"'],
          ['dpop-nonce', 'n-1'],
        ]),
      ),
    ),
  },
  {
    rule: 'dpop/nonce-not-honoured',
    what: 'the authorization server asks for a nonce and gives none',
    guilty: ['authorization-server'],
    apply: where('provenToken', (t, i) =>
      endingAt(t, i, answerJson(400, { error: 'use_dpop_nonce' })),
    ),
  },
  {
    rule: 'dpop/nonce-not-honoured',
    what: 'the client tries again without the nonce that it was given',
    guilty: ['client'],
    apply: where('provenToken', (t, i) => {
      const asking = answerJson(400, { error: 'use_dpop_nonce' }, [['dpop-nonce', 'n-1']])
      const first = endingAt(t, i, asking)
      return followedBy(first, asking(proof({ jti: 'again' })(t[i]!)))
    }),
  },
  {
    rule: 'dpop/key-binding-mismatch',
    what: 'the authorization server binds the token to another key',
    guilty: ['authorization-server'],
    apply: where('provenToken', (t, i) => {
      const calls = find(t, 'proven')
      const bound = fill(
        '${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp","exp":1767272400,"cnf":{"jkt":"another"}}}',
      )
      const issued = at(
        t,
        i,
        answerJson(200, { access_token: bound, token_type: 'DPoP', expires_in: 3600 }),
      )
      return endingAt(
        issued,
        calls,
        chain(
          requestField('authorization', `DPoP ${bound}`),
          (exchange) => proof({ ath: s256(bound), jti: 'fresh' })(exchange),
          refusing('invalid_token'),
        ),
      )
    }),
  },
]
