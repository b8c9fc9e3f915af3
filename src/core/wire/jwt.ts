import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { JsonObject } from './json.ts'
import type { Signature } from './signature.ts'

/** A token as far as it can be read without keys. Nothing here is verified but what `signature` says. */
export interface Token {
  readonly value: string
  readonly format: 'jwt' | 'jwe' | 'opaque'
  /** The JOSE header of a JWT or JWE. */
  readonly header?: JsonObject
  /** The claims of a JWT. */
  readonly claims?: JsonObject
  /** What came of checking it, where keys were at hand. */
  readonly signature?: Signature
}

/** Characters. A longer token fits no request header, so it is kept as it is and not decoded. */
const maxLength = 64 * 1024

const jwsShape = /^[\w-]+\.[\w-]+\.[\w-]*$/
const jweShape = /^[\w-]+\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*$/

/** Tells a signed token (RFC 7515 §7.1), an encrypted one (RFC 7516 §7.1) and everything else apart. */
export function readToken(value: string): Token {
  if (value.length > maxLength) return { value, format: 'opaque' }
  try {
    if (jwsShape.test(value)) {
      const header = decodeProtectedHeader(value) as JsonObject
      return { value, format: 'jwt', header, claims: decodeJwt(value) }
    }
    if (jweShape.test(value)) {
      return { value, format: 'jwe', header: decodeProtectedHeader(value) as JsonObject }
    }
  } catch {
    // Dots and letters alone do not make a JWT.
  }
  return { value, format: 'opaque' }
}

/** The audiences a token names, one or many (RFC 7519 §4.1.3). */
export function audiences(token: Token): string[] {
  const aud = token.claims?.['aud']
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  return named.filter((audience) => typeof audience === 'string')
}
