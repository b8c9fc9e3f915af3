import { createHash } from 'node:crypto'
import type { Authorize, TokenCall } from '../step/step.ts'
import { s256 } from '../wire/hash.ts'

/** What a client did to a verifier, or made of its hash, so that the two no longer fit, in words. */
export const pkceDefects = {
  'plain-vs-s256': 'one is made for the method plain, the other for S256',
  'hex-digest': 'the challenge is the hash in hexadecimal instead of base64url',
  padded: 'the challenge is the hash with padding, which base64url does not have here',
  'standard-base64': 'the challenge is the hash in base64 instead of base64url',
  'raw-bytes': 'the challenge is the hash of the bytes that the verifier encodes, not of its text',
  truncated: 'the challenge is the hash of the verifier cut short',
  'double-decoded': 'the verifier was decoded once too often before it was sent',
  'double-encoded': 'the verifier was encoded once too often before it was sent',
}

export type PkceDefect = keyof typeof pkceDefects

/** Lengths at which clients are known to cut: the least and the most RFC 7636 §4.1 allows, and common buffers. */
const cuts = [43, 64, 128]

/**
 * Why a challenge that ought to be the S256 of a verifier is not, when it is the work of a known mistake. Undefined when
 * it is the S256, and when nothing explains it.
 */
export function pkceDefect(verifier: string, challenge: string): PkceDefect | undefined {
  if (s256(verifier) === challenge) return undefined
  if (verifier === challenge) return 'plain-vs-s256'
  const hashed = (meant: string) => s256(meant) === challenge
  const coding = encodingDefect(verifier, challenge)
  if (coding !== undefined) return coding
  if (hashed(verifier.replaceAll(' ', '+')) || hashed(encodeURIComponent(verifier)))
    return 'double-decoded'
  if (hashed(decoded(verifier))) return 'double-encoded'
  return cuts.some((length) => length < verifier.length && hashed(verifier.slice(0, length)))
    ? 'truncated'
    : undefined
}

/**
 * Whether the verifier of a redemption fits the challenge of a request, by the method that it names, by either where it names
 * none that there is (RFC 7636 §4.6); undefined where the hash is not known, as in a redacted capture.
 */
export function fitsChallenge(
  { codeVerifier, codeVerifierS256 }: TokenCall,
  { codeChallenge, codeChallengeMethod: method }: Authorize,
): boolean | undefined {
  if (codeVerifier === undefined || codeChallenge === undefined) return false
  if (method !== 'S256' && codeVerifier === codeChallenge) return true
  if (method === 'plain') return false
  return codeVerifierS256 === undefined ? undefined : codeVerifierS256 === codeChallenge
}

/** The right hash in the wrong clothes (RFC 7636 §4.2, Appendix A), or the hash of what the verifier encodes. */
function encodingDefect(verifier: string, challenge: string): PkceDefect | undefined {
  const hash = createHash('sha256').update(verifier, 'utf8').digest()
  const hex = hash.toString('hex')
  if (challenge.toLowerCase() === hex || challenge === unpadded(Buffer.from(hex), 'base64url'))
    return 'hex-digest'
  if (challenge === `${hash.toString('base64url')}=`) return 'padded'
  if (challenge === hash.toString('base64') || challenge === unpadded(hash, 'base64'))
    return 'standard-base64'
  const bytes = createHash('sha256').update(Buffer.from(verifier, 'base64url')).digest()
  return challenge === bytes.toString('base64url') ? 'raw-bytes' : undefined
}

function unpadded(bytes: Buffer, encoding: 'base64' | 'base64url'): string {
  return bytes.toString(encoding).replaceAll('=', '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
