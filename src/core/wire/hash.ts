import { createHash, createHmac } from 'node:crypto'

/** The code challenge of a verifier: BASE64URL(SHA256(ASCII(verifier))) (RFC 7636 §4.2). */
export function s256(verifier: string): string {
  return createHash('sha256').update(verifier, 'utf8').digest('base64url')
}

/** Whether every character of a text may stand in a verifier (RFC 7636 §4.1). */
export function isUnreserved(text: string): boolean {
  return /^[A-Za-z0-9\-._~]+$/.test(text)
}

/** SHA-256 of the text's UTF-8 bytes as 64 hex digits. */
export function sha256(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex')
}

/** The first 64 bits of HMAC-SHA-256 as 16 hex digits: tells values apart without giving them away. */
export function keyedHash(key: Uint8Array, value: string): string {
  return createHmac('sha256', key).update(value, 'utf8').digest('hex').slice(0, 16)
}
