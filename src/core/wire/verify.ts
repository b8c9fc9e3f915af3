import { compactVerify, errors, importJWK, type JWK } from 'jose'
import { type JsonObject, isObject, member, stringMember, stringsMember } from './json.ts'
import { type Token, readToken } from './jwt.ts'
import { isLabel } from './label.ts'
import type { SignatureOutcome } from './signature.ts'

/**
 * Whether a value is a JWT with a signature that can be checked: labels and what other tools left of one (an empty or
 * shortened signature) are not.
 */
export function isSigned({ value, format, header }: Token): boolean {
  if (format !== 'jwt' || isLabel(value)) return false
  const alg = stringMember(header, 'alg') ?? 'none'
  const length = Buffer.from(value.slice(value.lastIndexOf('.') + 1), 'base64url').length
  return alg.toLowerCase() === 'none' ? length === 0 : length >= (shortest[alg] ?? 32)
}

/** Bytes of the shortest signature of an algorithm (RFC 7518 §3, RFC 8037 §3.1); keys of RSA have 2048 bits at least. */
const shortest: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, 256]),
  ),
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
}

/** The keys of a JWK Set (RFC 7517 §5); undefined when it is none. */
export function keysOf(document: JsonObject | undefined): JsonObject[] | undefined {
  const keys = member(document, 'keys')
  return Array.isArray(keys) ? keys.filter(isObject) : undefined
}

/** Checks a DPoP proof with the key that its header holds (RFC 9449 §4.3); undefined when it holds none that can be used. */
export async function checkProof(proof: string): Promise<SignatureOutcome | undefined> {
  const { header } = readToken(proof)
  const jwk = member(header, 'jwk')
  if (!isObject(jwk) || Object.hasOwn(jwk, 'd')) return undefined
  return tryKeys(proof, stringMember(header, 'alg') ?? 'none', [jwk])
}

/**
 * Checks a JWT with the public keys of its issuer. Undefined when nothing can be said of it: an algorithm or an extension
 * that is not known here, keys that cannot be read.
 */
export async function checkToken(
  token: string,
  keys: readonly JsonObject[],
): Promise<SignatureOutcome | undefined> {
  const { header } = readToken(token)
  // Microsoft signs tokens for its own APIs over another header than it sends, and says so by a nonce in it.
  if (header === undefined || Object.hasOwn(header, 'nonce')) return undefined
  const alg = stringMember(header, 'alg') ?? 'none'
  const kid = stringMember(header, 'kid')
  const signing = keys.filter(isForSignatures)
  if (alg.toLowerCase() === 'none') return 'algorithm'
  if (alg.startsWith('HS') && !signing.some((key) => member(key, 'kty') === 'oct'))
    return signing.length === 0 ? undefined : 'algorithm'
  const named = signing.filter((key) => kid !== undefined && member(key, 'kid') === kid)
  const open = signing.filter((key) => kid === undefined || !Object.hasOwn(key, 'kid'))
  if (named.length + open.length === 0) return signing.length === 0 ? undefined : 'unknown-key'
  return tryKeys(token, alg, named.length > 0 ? named : open)
}

async function tryKeys(
  jws: string,
  alg: string,
  keys: readonly JsonObject[],
): Promise<SignatureOutcome | undefined> {
  const known = keyTypes[alg.slice(0, 2)]
  if (known === undefined) return undefined
  const fitting = keys.filter((key) => member(key, 'kty') === known && isFor(key, alg))
  if (fitting.length === 0) return 'algorithm'
  const tried = await Promise.all(fitting.map((key) => tryKey(jws, alg, key)))
  return (['verified', 'wrong'] as const).find((outcome) => tried.includes(outcome))
}

const keyTypes: Readonly<Record<string, string>> = {
  RS: 'RSA',
  PS: 'RSA',
  ES: 'EC',
  Ed: 'OKP',
  HS: 'oct',
}

/** What a key says of the algorithm it is for (RFC 7517 §4.4); EdDSA has two names (RFC 9864 §2.2). */
function isFor(key: JsonObject, alg: string): boolean {
  const own = stringMember(key, 'alg')
  const same = (name: string) => (name === 'Ed25519' ? 'EdDSA' : name)
  return own === undefined || same(own) === same(alg)
}

/** RFC 7517 §4.2, §4.3. */
function isForSignatures(key: JsonObject): boolean {
  return member(key, 'use') !== 'enc' && stringsMember(key, 'key_ops')?.includes('verify') !== false
}

async function tryKey(
  jws: string,
  alg: string,
  jwk: JsonObject,
): Promise<'verified' | 'wrong' | undefined> {
  try {
    // What the key is not to be used for is judged above.
    const { key_ops: _, use: __, ...bare } = jwk
    await compactVerify(jws, await importJWK(bare as JWK, alg), { algorithms: [alg] })
    return 'verified'
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? 'wrong' : undefined
  }
}
