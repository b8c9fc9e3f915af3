import type { JsonObject } from '../../wire/json.ts'
import { isUnreserved, s256 } from '../../wire/hash.ts'
import { isObject, member } from '../../wire/json.ts'
import { readToken } from '../../wire/jwt.ts'
import type { LabelFacts } from '../../wire/label.ts'
import { mapMember } from './json.ts'
import type { Company } from '../find/names.ts'
import type { Replace } from './replace.ts'
import { knownPrefix } from '../find/words.ts'
import type { Secret } from '../find/secrets.ts'

/** What may be said about a secret: nothing that gives it away. */
export function factsOf(secret: Secret, replace: Replace): LabelFacts {
  const { kind, value, user, byLooks } = secret
  const prefix = knownPrefix(value)
  const token = readJwt(value)
  return {
    kind,
    length: value.length,
    ...(byLooks === true ? { byLooks } : {}),
    ...(prefix === undefined ? {} : { prefix }),
    ...(kind === 'code_verifier' ? { s256: s256(value) } : {}),
    ...(kind === 'code_verifier' && isUnreserved(value) ? { unreserved: true } : {}),
    ...(token?.header === undefined ? {} : { header: mapClaims(token.header, replace) }),
    ...(token?.claims === undefined ? {} : { claims: mapClaims(token.claims, replace) }),
    ...(user === undefined ? {} : { user: replace.text(user) }),
  }
}

/** The readable parts of a value that is a JWT or JWE. */
export function readJwt(value: string) {
  if (!value.includes('.')) return undefined
  const token = readToken(value)
  return token.format === 'opaque' ? undefined : token
}

const claimCompany: Company = { message: true, person: true, key: false }
const maxDepth = 20

/**
 * Claims with labels in place of what is about a person, of nonces, and of tokens within. A program that speaks for itself is
 * no person: its `sub` is its client id (RFC 7523 §3, RFC 9068 §2.2).
 */
export function mapClaims(claims: JsonObject, replace: Replace): JsonObject {
  return mapObject(claims, replace, undefined, 0)
}

function mapObject(
  object: JsonObject,
  replace: Replace,
  inherited: string | undefined,
  depth: number,
): JsonObject {
  const programs = [object['iss'], object['client_id'], object['azp'], object['appid']]
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      replace.known(name),
      name === 'sub' && programs.includes(value)
        ? value
        : mapClaim(name, value, replace, name === 'address' ? 'personal' : inherited, depth),
    ]),
  )
}

function mapClaim(
  name: string,
  value: unknown,
  replace: Replace,
  inherited: string | undefined,
  depth: number,
): unknown {
  if (typeof value === 'string') return mapMember(name, value, claimCompany, replace, inherited)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return '…'
  if (Array.isArray(value))
    return value.map((one) => mapClaim(name, one, replace, inherited, depth + 1))
  return mapObject(value as JsonObject, replace, inherited, depth + 1)
}

/** Facts out of a capture, which may say anything: what is of the right type, and nothing else. */
export function readFacts(facts: unknown, replace: Replace): LabelFacts | undefined {
  if (!isObject(facts)) return undefined
  const kind = member(facts, 'kind')
  const length = member(facts, 'length')
  if (typeof kind !== 'string' || typeof length !== 'number') return undefined
  const text = (name: 'prefix' | 's256' | 'user') => {
    const value = member(facts, name)
    return typeof value === 'string' ? { [name]: replace.text(value) } : {}
  }
  const object = (name: 'header' | 'claims') => {
    const value = member(facts, name)
    return isObject(value) ? { [name]: mapClaims(value, replace) } : {}
  }
  return {
    kind: replace.text(kind),
    length,
    ...(member(facts, 'byLooks') === true ? { byLooks: true } : {}),
    ...text('prefix'),
    ...text('s256'),
    ...(member(facts, 'unreserved') === true ? { unreserved: true } : {}),
    ...object('header'),
    ...object('claims'),
    ...text('user'),
  }
}
