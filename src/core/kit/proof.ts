import { createHash } from 'node:crypto'
import type { Challenge, McpCall, TokenCall } from '../step/step.ts'
import { headerValues } from '../wire/exchange.ts'
import { s256 } from '../wire/hash.ts'
import { isObject, member } from '../wire/json.ts'
import type { Draft } from '../verdict/rule.ts'
import type { Token } from '../wire/jwt.ts'
import { isLabel } from '../wire/label.ts'

/** A request that a DPoP proof may come with. */
export type Proven = McpCall | Challenge | TokenCall

/**
 * What is wrong with the proof of a request: by itself an error where the request was refused. The answer is evidence as
 * well.
 */
export function proofFinding(
  step: Proven,
  fault: Pick<Draft, 'variant' | 'severity' | 'message' | 'evidence'>,
): Draft {
  return {
    severity: step.kind === 'challenge' || !step.ok ? 'error' : 'warning',
    ...fault,
    evidence: [...fault.evidence, { step, at: 'response.status' }],
  }
}

/**
 * A refused call with a token and a proof, for examples: the claims of the proof, as they should be but for some.
 *
 * @param key the name of the key in it, where that is another than the one that signs
 */
export function callWithProof(changes: Readonly<Record<string, unknown>>, key = ''): string {
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
    > dpop: \${jwt {"typ":"dpop+jwt","alg":"EdDSA","jwk":\${jwk ${key}}} ${JSON.stringify(claims)}}

    {"jsonrpc":"2.0","id":1,"method":"initialize"}

    < HTTP/1.1 401 Unauthorized
    < www-authenticate: DPoP error="invalid_dpop_proof"
`
}

/** The DPoP proofs of a request; some servers join repeated fields by a comma (RFC 9110 §5.3). */
export function proofsOf({ exchange }: Proven): string[] {
  return headerValues(exchange.request.headers, 'dpop')
    .flatMap((field) => field.split(','))
    .map((proof) => proof.trim())
    .filter((proof) => proof !== '')
}

const required: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** The SHA-256 thumbprint of the key in a proof (RFC 7638 §3); undefined where there is no public key. */
export function keyOf(proof: Token | undefined): string | undefined {
  const jwk = member(proof?.header, 'jwk')
  if (!isObject(jwk)) return undefined
  const names = required[String(member(jwk, 'kty'))]
  if (names === undefined || names.some((name) => typeof jwk[name] !== 'string')) return undefined
  const key = JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])))
  return createHash('sha256').update(key).digest('base64url')
}

/** The key that a JWT is bound to (RFC 9449 §6.1). */
export function boundKey(token: Token | undefined): string | undefined {
  const cnf = member(token?.claims, 'cnf')
  const jkt = isObject(cnf) ? member(cnf, 'jkt') : undefined
  return typeof jkt === 'string' ? jkt : undefined
}

/** What `ath` has to be for a token (RFC 9449 §4.2); undefined where a redacted capture no longer holds it. */
export function tokenHash(token: Token): string | undefined {
  return isLabel(token.value) ? undefined : s256(token.value)
}
