import type { Exchange } from '../src/core/wire/exchange.ts'
import { textBody } from '../src/core/wire/exchange.ts'
import { flows } from './mutations/flows.ts'

/** A login in which nothing is wrong. */
export const healthy = flows.get('with dynamic registration')!

/** The exchange at which the login ends, by what it asks for. */
export const places: Readonly<Record<string, (exchange: Exchange) => boolean>> = {
  'the first call': ({ request }) => request.url.endsWith('/mcp'),
  'the resource metadata': ({ request }) => request.url.includes('oauth-protected-resource'),
  'the server metadata': ({ request }) => request.url.includes('oauth-authorization-server'),
  'the registration': ({ request }) => request.url.endsWith('/register'),
  'the authorization request': ({ request }) => request.url.includes('/authorize?'),
  'the token request': ({ request }) => request.url.endsWith('/token'),
  'the MCP call with a token': ({ request }) =>
    request.headers.some(([name]) => name.toLowerCase() === 'authorization') &&
    request.url.endsWith('/mcp'),
}

export const page = '<html><head><title>Sorry</title></head><body><h1>Sorry</h1></body></html>'
export const endings: readonly (readonly [status: number, type: string, body: string])[] = [
  [400, 'application/json', '{"message":"no"}'],
  [400, 'text/html', page],
  [401, '', ''],
  [404, 'application/json', '{"message":"no"}'],
  [405, '', ''],
  [429, 'application/json', '{"message":"slow down"}'],
  [500, 'text/html', page],
  [500, 'text/plain', 'oops'],
  [502, 'text/html', page],
  [503, '', ''],
]

/** A success by its status that says nothing of what was asked for. */
export const hollow: typeof endings = [
  [200, 'text/html', page],
  [200, 'application/json', '{}'],
  [200, 'text/plain', ''],
]

export function endingAt(
  place: string,
  [status, type, body]: (typeof endings)[number],
): Exchange[] {
  const at = healthy.findIndex(places[place]!)
  const { handedOver: _, ...last } = healthy[at]!
  const response = {
    status,
    statusText: '',
    headers: type === '' ? [] : ([['content-type', type]] as const),
    body: textBody(body, 0),
    complete: true,
  }
  return [...healthy.slice(0, at), { ...last, response }]
}
