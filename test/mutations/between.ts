import { type Exchange, header } from '../../src/core/wire/exchange.ts'
import {
  type Traffic,
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  requestField,
  responseField,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { type PlaceName, find } from './places.ts'

const html = (fields: readonly (readonly [string, string])[], status: number, title: string) =>
  answer(
    status,
    [...fields, ['content-type', 'text/html']],
    `<!doctype html><html><title>${title}</title></html>`,
  )
const cloudflare = [
  ['server', 'cloudflare'],
  ['cf-ray', '1-FRA'],
] as const

function ending(
  place: PlaceName,
  rule: string,
  what: string,
  guilty: Mutation['guilty'],
  change: (exchange: Exchange) => Exchange | undefined,
): Mutation {
  const apply = where(place, (traffic, i) => {
    const changed = change(traffic[i]!)
    return changed === undefined ? undefined : endingAt(traffic, i, () => changed)
  })
  return { rule, what, guilty, apply }
}

/** The first call with a token that was issued in sight, changed; the login ends there. */
function use(
  rule: string,
  what: string,
  guilty: Mutation['guilty'],
  change: (exchange: Exchange, traffic: Traffic) => Exchange | undefined,
): Mutation {
  const apply = where('token', (traffic, token) => {
    const index = find(traffic, 'use', token)
    const changed = index < 0 ? undefined : change(traffic[index]!, traffic)
    return changed === undefined ? undefined : endingAt(traffic, index, () => changed)
  })
  return { rule, what, guilty, apply }
}

const gateway = ['intermediary'] as const
const resource = ['resource-server'] as const

/** What gateways, caches, limits and the transport do to a login. */
export const between: readonly Mutation[] = [
  ending(
    'resourceMetadata',
    'intermediary/html-interstitial',
    'the metadata lies behind a sign-in page',
    gateway,
    answer(302, [['location', 'https://mcp.example/oauth2/start?rd=%2F']]),
  ),
  ending(
    'redemption',
    'intermediary/html-interstitial',
    'a bot check answers the token request',
    gateway,
    html([...cloudflare, ['cf-mitigated', 'challenge']], 403, 'Just a moment...'),
  ),
  use(
    'intermediary/html-interstitial',
    'a firewall answers the call with a page',
    gateway,
    html(cloudflare, 403, 'Sorry, you have been blocked'),
  ),
  use(
    'intermediary/header-too-large',
    'the header grows too large with the token',
    [...gateway, 'undetermined'],
    answer(431, [['server', 'nginx']]),
  ),
  use(
    'intermediary/cached-auth-response',
    'a cache answers the call with the 401 of before',
    gateway,
    (call) => {
      const fields = [
        ['www-authenticate', 'Bearer'],
        ['x-cache', 'HIT'],
        ['age', '20'],
      ] as const
      return answerJson(401, { error: 'authorization is required' }, fields)(call)
    },
  ),
  ending(
    'opening',
    'intermediary/www-authenticate-altered',
    'a gateway renames the challenge',
    gateway,
    (exchange) => {
      const field = header(exchange.response?.headers ?? [], 'www-authenticate')
      return chain(
        responseField('www-authenticate', undefined),
        responseField('x-amzn-remapped-www-authenticate', field),
      )(exchange)
    },
  ),
  ending(
    'opening',
    'challenge/no-bearer-scheme',
    'the challenge asks for Basic',
    resource,
    responseField('www-authenticate', 'Basic realm="mcp"'),
  ),
  ending(
    'opening',
    'transport/host-rejected',
    'the server does not know its name',
    resource,
    answer(421, [['content-type', 'text/plain']], 'Invalid Host header'),
  ),
  use(
    'transport/session-lost',
    'the server does not know its session',
    resource,
    (call, traffic) =>
      traffic.some(
        ({ response }) => header(response?.headers ?? [], 'mcp-session-id') !== undefined,
      )
        ? chain(
            requestField('mcp-session-id', 'session-1'),
            answerJson(401, { error: 'No valid session ID provided' }),
          )(call)
        : undefined,
  ),
  {
    rule: 'discovery/endpoint-unreachable',
    what: 'the gateway finds no server behind it',
    guilty: ['resource-server', 'authorization-server', 'intermediary'],
    equal: { 'discovery/wellknown-error-status': 'the metadata URL answers 502' },
    apply: where('serverMetadata', (traffic, i) =>
      endingAt(traffic, i, html([['server', 'nginx']], 502, '502 Bad Gateway')),
    ),
  },
  {
    rule: 'flow/rate-limited',
    what: 'too many ask for tokens',
    guilty: ['authorization-server'],
    apply: where('redemption', (traffic, i) =>
      endingAt(traffic, i, answer(429, [['retry-after', '60']])),
    ),
  },
  {
    rule: 'intermediary/wellknown-not-routed',
    what: 'the metadata is not routed to the application',
    guilty: ['intermediary', 'resource-server'],
    equal: { 'discovery/prm-missing': 'there may be another place where it is' },
    apply: where('resourceMetadata', (traffic, i) => {
      const bare = find(traffic, 'opening')
      if (bare < 0 || bare > i) return undefined
      const named = at(traffic, bare, responseField('server', 'uvicorn'))
      return endingAt(named, i, answer(404, [['server', 'nginx']], 'Not Found'))
    }),
  },
]
