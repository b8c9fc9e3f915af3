import { type Exchange, bodyText, headerValues, mediaType } from '../wire/exchange.ts'
import {
  isObject,
  member,
  objectOf,
  parseJson,
  pointed,
  pointerPart,
  readDocument,
} from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'
import { param, parseForm, queryParams } from '../wire/params.ts'
import type { Place } from './rule.ts'
import type { Step } from '../step/step.ts'
import { shortened } from '../wire/safe-text.ts'

const quoteLimit = 1000

/** What stands at a place of a step's exchange, as text; undefined when nothing stands there. */
export function quote(step: Step, at: Place): string | undefined {
  const text = valueAt(step, standsAt(step, at))
  return text === undefined ? undefined : shortened(text, quoteLimit)
}

/** Where a parameter of a form really stands: a client may have sent JSON in a form's place. */
export function standsAt({ exchange: { request } }: Step, at: Place): Place {
  const name = at.startsWith('request.form.') ? at.slice('request.form.'.length) : undefined
  if (name === undefined || mediaType(request.headers) !== 'application/json') return at
  return `request.json/${pointerPart(name)}`
}

function valueAt(step: Step, at: Place): string | undefined {
  const { exchange } = step
  const [side, rest] = splitOnce(at, '.')
  const message = side === 'request' ? exchange.request : exchange.response
  if (message === undefined) return undefined
  if (rest.startsWith('json/'))
    return shown(
      pointed(objectOf(readDocument(message)) ?? parseJson(bodyText(message)), rest.slice(4)),
    )
  const [what, detail] = splitOnce(rest, '.')
  switch (what) {
    case 'method':
      return exchange.request.method
    case 'url':
      return exchange.request.url
    case 'status':
      return statusLine(exchange)
    case 'body':
      return bodyText(message)
    case 'header':
      return headerAt(message.headers, detail)
    case 'query':
      return param(
        queryParams(
          side === 'request' ? exchange.request.url : (headerAt(message.headers, 'location') ?? ''),
        ),
        detail,
      )
    case 'form':
      return param(parseForm(bodyText(message)), detail)
    case 'jwt':
      return shown(partOf(tokenOf(step, side), detail))
    case 'proof':
      return shown(partOf('proof' in step ? step.proof : undefined, detail))
    case 'assertion':
      return shown(partOf(step.kind === 'token' ? step.grantAssertion : undefined, detail))
    case 'client-assertion':
      return shown(partOf(step.kind === 'token' ? step.clientAssertion : undefined, detail))
    default:
      return undefined
  }
}

/** A claim of a signed token, or where none is so named a parameter of its header. */
function partOf(token: Token | undefined, name: string): unknown {
  return claimOf(token, name) ?? member(token?.header, name)
}

function statusLine({ response }: Exchange): string | undefined {
  return response === undefined ? undefined : `${response.status} ${response.statusText}`.trim()
}

function headerAt(headers: Exchange['request']['headers'], detail: string): string | undefined {
  const match = /^([^[]+)(?:\[(\d{1,4})\])?$/.exec(detail)
  if (match === null) return undefined
  return headerValues(headers, match[1]!)[Number(match[2] ?? 0)]
}

/** The token that a request presents, or an answer issues. */
export function tokenOf(step: Step, side: string): Token | undefined {
  if (step.kind === 'token') return side === 'response' ? step.accessToken : undefined
  const isCall = step.kind === 'mcp' || step.kind === 'challenge'
  return isCall && side === 'request' ? step.presented?.token : undefined
}

function claimOf(token: Token | undefined, claim: string): unknown {
  return token?.claims !== undefined && Object.hasOwn(token.claims, claim)
    ? token.claims[claim]
    : undefined
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' && !readsOtherwise.test(value) ? value : JSON.stringify(value)
}

/** Strings that without quotes would be taken for the number, boolean or null that they are not. */
const readsOtherwise = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

/**
 * How messages quote a value: in typographic-free double quotes, cut when long, so that nobody mistakes its ends. Of a list
 * of texts each is quoted.
 */
export function quoted(value: unknown): string {
  const isList = Array.isArray(value) && value.length > 0
  if (isList && value.every((one) => typeof one === 'string'))
    return shortened(value.map((one) => JSON.stringify(one)).join(', '), 200)
  const text =
    typeof value === 'string'
      ? value
      : isObject(value) || Array.isArray(value)
        ? JSON.stringify(value)
        : String(value)
  return JSON.stringify(shortened(text, 200))
}

/** The value at a place as the client sent or saw it, where the proxy changed it on the way; else `upstream`. */
export function clientSide(
  step: Step,
  at: Place,
  upstream: string | undefined,
): string | undefined {
  const place = standsAt(step, at)
  return step.exchange.touched.find((touch) => touch.at === place)?.client ?? upstream
}
