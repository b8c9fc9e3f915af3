import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import { isObject, parseJson, stringMember } from '../../../core/wire/json.ts'
import { UserError } from '../../../errors.ts'

/** A key with which a client authenticates itself (RFC 7523 §2.2). */
export interface ClientKey {
  readonly key: KeyObject
  readonly alg: 'RS256' | 'ES256' | 'EdDSA'
  readonly kid: string | undefined
}

/** Reads a private key, PEM or JWK. Throws UserError (EUSAGE). */
export function readClientKey(text: string): ClientKey {
  const jwk = parseJson(text)
  try {
    const key = isObject(jwk)
      ? createPrivateKey({ key: jwk as never, format: 'jwk' })
      : createPrivateKey(text)
    const alg = algorithmOf(key)
    if (alg !== undefined)
      return { key, alg, kid: stringMember(isObject(jwk) ? jwk : undefined, 'kid') }
  } catch {
    // What it is not is said below.
  }
  throw new UserError(
    'EUSAGE',
    '--client-key holds no private key that can be used.',
    'Give a file with an RSA, P-256 or Ed25519 key, as PEM or as JWK.',
  )
}

function algorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): ClientKey['alg'] | undefined {
  if (asymmetricKeyType === 'rsa') return 'RS256'
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  return asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : undefined
}

/** An assertion that this client is who it says, for one minute and one audience (RFC 7523 §3). */
export function assertionFor(
  clientId: string,
  audience: string,
  { key, alg, kid }: ClientKey,
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const head = { alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
  }
  const signed = `${part(head)}.${part(claims)}`
  const hash = alg === 'EdDSA' ? undefined : 'sha256'
  // JWS has the two numbers of an ECDSA signature side by side (RFC 7518 §3.4).
  const signature = sign(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}
