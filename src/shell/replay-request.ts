import {
  type Exchange,
  type Headers,
  type Touch,
  bodyText,
  mediaType,
} from '../core/wire/exchange.ts'
import { pointerName } from '../core/wire/json.ts'
import { parseForm } from '../core/wire/params.ts'
import { FieldPlaces } from '../tap/wire/headers.ts'

/** A request as the client sent it. */
export interface ClientRequest {
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** Takes back what the proxy changed: it will change that again, and record it as it did before. */
export function asClientSent({
  request,
  touched,
}: Pick<Exchange, 'request' | 'touched'>): ClientRequest {
  const touches = touched.filter(({ at }) => at.startsWith('request.'))
  return { headers: headersOf(request.headers, touches), bytes: bodyOf(request, touches) }
}

function headersOf(headers: Headers, touches: readonly Touch[]): Headers {
  const places = new FieldPlaces('request')
  return headers.map(([name, value]) => {
    const place = places.next(name.toLowerCase())
    const touch = touches.find(({ at }) => at === place)
    return [name, touch === undefined ? value : touch.client]
  })
}

function bodyOf(request: Exchange['request'], touches: readonly Touch[]): Uint8Array {
  const inForm = touches.filter(({ at }) => at.startsWith('request.form.'))
  const inJson = touches.filter(({ at }) => at.startsWith('request.json/'))
  if (inForm.length > 0 && mediaType(request.headers) === 'application/x-www-form-urlencoded')
    return Buffer.from(formOf(bodyText(request), inForm))
  return inJson.length > 0 ? jsonOf(request, inJson) : request.body.bytes
}

/** Pairs that are not touched stay as they are written. */
function formOf(text: string, touches: readonly Touch[]): string {
  return text
    .split('&')
    .flatMap((pair) => {
      const [name, value] = parseForm(pair)[0] ?? []
      const touch = touches.find(
        ({ at, upstream }) => at === `request.form.${name}` && upstream === value,
      )
      if (touch === undefined) return [pair]
      return touch.client === '' ? [] : [String(new URLSearchParams([[name!, touch.client]]))]
    })
    .join('&')
}

function jsonOf(request: Exchange['request'], touches: readonly Touch[]): Uint8Array {
  let document: unknown
  try {
    document = JSON.parse(bodyText(request))
  } catch {
    return request.body.bytes
  }
  // The last place first: what is taken out moves what comes after it.
  for (const { at, client, upstream } of touches.toReversed()) {
    const names = at.slice('request.json/'.length).split('/').map(pointerName)
    const last = names.pop()!
    const holder = names.reduce<unknown>(
      (value, name) => (isHolder(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      document,
    )
    if (!isHolder(holder) || !Object.hasOwn(holder, last) || holder[last] !== upstream) continue
    if (client !== '') holder[last] = client
    else if (Array.isArray(holder)) holder.splice(Number(last), 1)
    else delete holder[last]
  }
  return Buffer.from(JSON.stringify(document))
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
