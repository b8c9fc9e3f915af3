import { type Exchange, bodyText, header } from '../../src/core/wire/exchange.ts'
import type { Traffic } from './edits.ts'

type Test = (exchange: Exchange) => boolean

const bearer = ({ request }: Exchange) =>
  header(request.headers, 'authorization')?.startsWith('Bearer') === true
const asks =
  (text: string): Test =>
  ({ request }) =>
    bodyText(request).includes(text)

/** Where the parts of a login stand, told by their shape and not by the reader under test. */
export const places = {
  /** The 401 that tells the client to log in. */
  opening: (exchange) => exchange.response?.status === 401 && !bearer(exchange),
  resourceMetadata: ({ request, response }) =>
    request.url.includes('/.well-known/oauth-protected-resource') && response?.status === 200,
  serverMetadata: ({ request, response }) =>
    /\/\.well-known\/(oauth-authorization-server|openid-configuration)/.test(request.url) &&
    response?.status === 200,
  registration: ({ request }) => request.method === 'POST' && request.url.endsWith('/register'),
  authorize: ({ request }) => request.method === 'GET' && request.url.includes('/authorize?'),
  callback: ({ request }) => /[?&]code=/.test(request.url),
  redemption: asks('grant_type=authorization_code'),
  token: asks('grant_type='),
  refresh: asks('grant_type=refresh_token'),
  assertion: asks('client_assertion='),
  exchange: asks('grant-type%3Atoken-exchange'),
  assertionGrant: asks('grant-type%3Ajwt-bearer'),
  proven: (exchange) =>
    exchange.request.headers.some(([name]) => name === 'dpop') && asks('"jsonrpc"')(exchange),
  provenToken: (exchange) =>
    exchange.request.headers.some(([name]) => name === 'dpop') && asks('grant_type=')(exchange),
  use: (exchange) => bearer(exchange) && asks('"jsonrpc"')(exchange),
} satisfies Record<string, Test>

export type PlaceName = keyof typeof places

/** The index of the first such exchange from `from` on; -1 when there is none. */
export function find(traffic: Traffic, name: PlaceName, from = 0): number {
  return traffic.findIndex((exchange, index) => index >= from && places[name](exchange))
}

export function bearerOf({ request }: Exchange): string {
  return header(request.headers, 'authorization')!.slice('Bearer '.length)
}
