import type { JsonObject } from '../../wire/json.ts'
import type { Exchange } from '../../wire/exchange.ts'
import { isObject } from '../../wire/json.ts'
import { mapBody } from './body.ts'
import { mapPlaced } from './exchange.ts'
import { mapHeader } from './headers.ts'
import { mapMember } from './json.ts'
import { kindOf } from '../find/appearance.ts'
import {
  type Company,
  companyOf,
  headerMeaning,
  isAuthorizationHeader,
  isPublicText,
  parameterMeaning,
} from '../find/names.ts'
import type { Replace } from './replace.ts'

/** Deeper than any report or document: what lies below is left out rather than followed. */
const maxDepth = 100

const alone: Company = { message: false, person: false, key: false }

/** A JSON value with labels in place of secrets. What says where it comes from is read by its place. */
export function mapDeep(
  value: unknown,
  replace: Replace,
  mapExchange: (exchange: Exchange) => Exchange,
): unknown {
  const walk = (one: unknown, name: string, company: Company, depth: number): unknown => {
    if (typeof one === 'string')
      return name === '' ? replace.text(one) : mapMember(name, one, company, replace)
    if (typeof one !== 'object' || one === null) return one
    if (depth > maxDepth) return '…'
    if (ArrayBuffer.isView(one)) return bytes(one, replace)
    if (Array.isArray(one)) return one.map((item) => walk(item, name, company, depth + 1))
    if (isExchange(one)) return mapExchange(one)
    const object = one as JsonObject
    const own = companyIn(object)
    return Object.fromEntries(
      Object.entries(object).map(([key, inner]) => [
        replace.text(key),
        (typeof inner === 'string' ? placed(object, key, inner, replace) : undefined) ??
          walk(inner, key, own, depth + 1),
      ]),
    )
  }
  return walk(value, '', alone, 0)
}

function bytes(view: ArrayBufferView, replace: Replace): Uint8Array {
  const whole = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  return mapBody({ headers: [], body: { bytes: whole, dropped: 0 } }, replace).bytes
}

/** As authtap holds it. What was printed as JSON before has its bodies as text, and is JSON like any other. */
function isExchange(value: object): value is Exchange {
  const { request, touched } = value as Partial<Exchange>
  return Array.isArray(touched) && isObject(request) && ArrayBuffer.isView(request.body?.bytes)
}

/** Evidence says at which place its text stood; a pair of name and value is a header field or a parameter. */
function placed(
  object: JsonObject,
  key: string,
  value: string,
  replace: Replace,
): string | undefined {
  const { at, name } = object
  if (typeof at === 'string' && ['text', 'client', 'upstream'].includes(key))
    return mapPlaced(at, value, replace)
  if (typeof name !== 'string' || key !== 'value') return undefined
  if (
    isAuthorizationHeader(name) ||
    /^(?:set-)?cookie$/i.test(name) ||
    headerMeaning(name).sort === 'secret'
  )
    return mapHeader(name, value, replace)
  const kind = kindOf(parameterMeaning(name), value, 'message')
  if (kind !== undefined) return replace.secret(kind, value)
  return isPublicText(name) ? replace.known(value) : undefined
}

function companyIn(object: JsonObject): Company {
  const signs = Object.keys(object)
    .map(companyOf)
    .filter((sign) => sign !== undefined)
  return signs.length === 0
    ? alone
    : { ...alone, ...Object.fromEntries(signs.map((sign) => [sign, true])) }
}
