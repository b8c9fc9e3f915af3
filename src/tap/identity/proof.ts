import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import type { OriginMap } from './map.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

interface Own {
  readonly algorithm: Algorithm
  readonly key: KeyObject
  readonly jwk: JsonWebKey
}

interface Proof {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly algorithm: Algorithm
  readonly thumbprint: string
}

const proofLimit = 32 * 1024
const keyLimit = 100

/**
 * Re-binds DPoP proofs (RFC 9449) to the upstream: one that is right for the local URL is signed anew for the upstream URL,
 * otherwise identical. Each key of a client has a stand-in of ours, so keys that differ go on to differ. The keys live as
 * long as the process; the tokens bound to them are of no use elsewhere.
 */
export class Proofs {
  readonly #map: OriginMap
  readonly #own = new Map<string, Own>()

  constructor(map: OriginMap) {
    this.#map = map
  }

  /** The thumbprint (RFC 7638) of our key that stands for the client's. */
  standIn(thumbprint: string): string {
    return thumbprintOf(this.#ownFor(thumbprint, 'ES256').jwk) ?? thumbprint
  }

  /** @param localUrl the URL that the client requested. Undefined when the proof does not hold, and has to fail upstream as well */
  rebind(proof: string, method: string, localUrl: string): string | undefined {
    const read = readProof(proof)
    if (read === undefined) return undefined
    const { htu, htm } = read.claims
    if (typeof htu !== 'string' || htm !== method || bare(htu) !== bare(localUrl)) return undefined
    const own = this.#ownFor(read.thumbprint, read.algorithm)
    const header = { ...read.header, alg: own.algorithm, jwk: own.jwk }
    const claims = { ...read.claims, htu: this.#map.toUpstream(htu) }
    const signed = `${encode(header)}.${encode(claims)}`
    const signature = sign(
      hashOf(own.algorithm),
      Buffer.from(signed),
      keyOptions(own.algorithm, own.key),
    )
    return `${signed}.${signature.toString('base64url')}`
  }

  #ownFor(thumbprint: string, algorithm: Algorithm): Own {
    const known = this.#own.get(thumbprint)
    if (known !== undefined) return known
    const own = generate(algorithm)
    this.#own.set(thumbprint, own)
    const [oldest] = this.#own.keys()
    if (this.#own.size > keyLimit && oldest !== undefined) this.#own.delete(oldest)
    return own
  }
}

/** Reads a proof and verifies its signature with the key it carries (RFC 9449 §4.3). */
function readProof(proof: string): Proof | undefined {
  const [head, payload, signature, more] = proof.length > proofLimit ? [] : proof.split('.', 4)
  if (head === undefined || payload === undefined || signature === undefined || more !== undefined)
    return undefined
  const header = decode(head)
  const claims = decode(payload)
  const algorithm = header?.['alg']
  const jwk = header?.['jwk']
  if (header === undefined || claims === undefined || !isAlgorithm(algorithm) || !isJwk(jwk))
    return undefined
  const thumbprint = thumbprintOf(jwk)
  if (thumbprint === undefined) return undefined
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const right = verify(
      hashOf(algorithm),
      Buffer.from(`${head}.${payload}`),
      keyOptions(algorithm, key),
      Buffer.from(signature, 'base64url'),
    )
    return right ? { header, claims, algorithm, thumbprint } : undefined
  } catch {
    return undefined
  }
}

function generate(algorithm: Algorithm): Own {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { algorithm, key: privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

function keyOptions(algorithm: Algorithm, key: KeyObject) {
  if (algorithm === 'ES256') return { key, dsaEncoding: 'ieee-p1363' as const }
  // 6 is RSA_PKCS1_PSS_PADDING; the salt is as long as the hash (RFC 7518 §3.5).
  return algorithm === 'PS256' ? { key, padding: 6, saltLength: 32 } : { key }
}

function hashOf(algorithm: Algorithm): string | null {
  return algorithm === 'EdDSA' ? null : 'sha256'
}

const algorithms: ReadonlySet<unknown> = new Set<Algorithm>(['ES256', 'RS256', 'PS256', 'EdDSA'])

function isAlgorithm(value: unknown): value is Algorithm {
  return algorithms.has(value)
}

function isJwk(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && !('d' in value)
}

const thumbprintMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** RFC 7638 §3. */
function thumbprintOf(jwk: JsonWebKey): string | undefined {
  const members = Object.hasOwn(thumbprintMembers, jwk.kty ?? '')
    ? thumbprintMembers[jwk.kty!]
    : undefined
  if (members === undefined) return undefined
  const canonical = Object.fromEntries(members.map((member) => [member, jwk[member]]))
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url')
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Without query and fragment, normalised (RFC 9449 §4.3, step 9). */
function bare(url: string): string {
  const parsed = parseUrl(url)
  return parsed === undefined ? `no URL: ${url}` : parsed.origin + parsed.pathname
}
