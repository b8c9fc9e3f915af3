import { type Exchange, type Headers, bodyText, header } from '../../src/core/wire/exchange.ts'
import { login } from '../core/login.ts'
import { type Json, type Traffic, answer, replaced } from './edits.ts'
import { find, places } from './places.ts'
import type { Harmless } from './mutation.ts'

/** Exchanges put in before each that `wanted` picks, at the same moment. */
function before(
  traffic: Traffic,
  wanted: (exchange: Exchange) => boolean,
  make: (exchange: Exchange) => readonly Exchange[],
): Exchange[] {
  return traffic.flatMap((exchange, index) =>
    wanted(exchange)
      ? [...make(exchange).map((one, n) => ({ ...one, id: `before-${index}-${n}` })), exchange]
      : [exchange],
  )
}

function asked(exchange: Exchange, method: string, url: string, headers: Headers = []): Exchange {
  const { via: _, ...request } = exchange.request
  const empty = { bytes: new Uint8Array(0), dropped: 0 }
  return {
    ...exchange,
    endedAt: exchange.startedAt + 1,
    request: { ...request, method, url, headers, body: empty },
  }
}

/** Time put in before this exchange and all after it, in milliseconds. */
function later(traffic: Traffic, from: number, delay: number): Exchange[] {
  return traffic.map((exchange, index) =>
    index < from
      ? exchange
      : {
          ...exchange,
          startedAt: exchange.startedAt + delay,
          ...(exchange.endedAt === undefined ? {} : { endedAt: exchange.endedAt + delay }),
        },
  )
}

/** Everything in which an exchange may carry a JWT: a token, an assertion or a proof. */
function carriers({ request, response }: Exchange): string {
  const fields = ['authorization', 'dpop'].map((name) => header(request.headers, name) ?? '')
  const answered = response === undefined ? '' : bodyText(response)
  return [...fields, bodyText(request), answered].join(' ')
}

/** The JWTs of the traffic with their claims changed. */
function claims(traffic: Traffic, change: (claims: Json) => Json): Exchange[] {
  const seen = new Set(
    traffic.flatMap((exchange) =>
      [...carriers(exchange).matchAll(/[\w-]+\.([\w-]+)\.[\w-]{20,}/g)].map(([token]) => token),
    ),
  )
  return [...seen].reduce<Traffic>((all, token) => {
    const [head, middle, signature] = token.split('.')
    const read = JSON.parse(Buffer.from(middle!, 'base64url').toString()) as Json
    const written = Buffer.from(JSON.stringify(change(read))).toString('base64url')
    return replaced(all, token, [head, written, signature].join('.'))
  }, traffic) as Exchange[]
}

/** An origin in the place of another: in URLs, parameters and tokens. */
function moved(traffic: Traffic, from: string, to: string): Exchange[] {
  const inTokens = claims(
    traffic,
    (all) => JSON.parse(JSON.stringify(all).replaceAll(from, to)) as Json,
  )
  const plain = replaced(inTokens, from, to)
  return replaced(plain, encodeURIComponent(from), encodeURIComponent(to))
}

const isMetadata = (exchange: Exchange) =>
  places.resourceMetadata(exchange) || places.serverMetadata(exchange)
const lost = answer(404, [['content-type', 'text/html']], '<!doctype html><title>404</title>')

/** The healthy flow of another client, step by step between those of this one. */
function interleaved(traffic: Traffic): Exchange[] {
  const other = login({ suffix: 'z' }).map((exchange) => ({
    ...exchange,
    client: exchange.handedOver === true ? exchange.client : 'another',
    connection: 'another',
  }))
  const both = traffic.flatMap((exchange, index) => [exchange, ...other.slice(index, index + 1)])
  return [...both, ...other.slice(traffic.length)].map((exchange, index) => {
    const startedAt = traffic[0]!.startedAt + 500 * index
    return { ...exchange, startedAt, endedAt: startedAt + 100 }
  })
}

export const surroundings: readonly Harmless[] = [
  {
    what: 'other ports',
    apply: (traffic) =>
      moved(
        moved(traffic, 'https://as.example', 'https://as.example:9443'),
        'https://mcp.example',
        'https://mcp.example:8443',
      ),
  },
  {
    what: 'other hosts',
    apply: (traffic) =>
      moved(
        moved(traffic, 'https://as.example', 'https://login.corp.test'),
        'https://mcp.example',
        'https://tools.eu.corp.test',
      ),
  },
  {
    what: 'an issuer and endpoint deeper in a path',
    apply: (traffic) =>
      moved(traffic, 'https://mcp.example/mcp', 'https://mcp.example/team/one/mcp').map(
        (one) =>
          replaced(
            [one],
            '/.well-known/oauth-protected-resource/mcp',
            '/.well-known/oauth-protected-resource/team/one/mcp',
          )[0]!,
      ),
  },
  {
    what: 'slow answers',
    apply: (traffic) =>
      traffic.map((exchange, i) => {
        const startedAt = exchange.startedAt + 9000 * i
        return { ...exchange, startedAt, endedAt: startedAt + 8000 }
      }),
  },
  {
    what: 'a user who takes four minutes to log in',
    apply: (traffic) =>
      later(
        traffic,
        find(traffic, 'callback') < 0 ? traffic.length : find(traffic, 'callback'),
        240_000,
      ),
  },
  {
    what: 'traffic that has nothing to do with it',
    apply: (traffic) =>
      before(
        traffic,
        () => true,
        (exchange) => [
          lost(asked(exchange, 'GET', 'https://mcp.example/favicon.ico')),
          answer(
            500,
            [['content-type', 'application/json']],
            '{"error":"internal"}',
          )(asked(exchange, 'POST', 'https://telemetry.example/v1/events')),
          answer(
            403,
            [
              ['server', 'cloudflare'],
              ['cf-ray', '1'],
            ],
            '',
          )(asked(exchange, 'GET', 'https://updates.example/latest')),
          answer(302, [['location', 'https://cdn.example/']])(
            asked(exchange, 'GET', 'https://www.example/'),
          ),
        ],
      ),
  },
  { what: 'a healthy flow of another client in between', logins: 2, apply: interleaved },
  {
    what: 'preflights',
    apply: (traffic) =>
      before(
        traffic,
        ({ handedOver }) => handedOver !== true,
        (exchange) => [
          answer(204, [
            ['access-control-allow-origin', '*'],
            ['access-control-allow-methods', '*'],
            [
              'access-control-allow-headers',
              'authorization, content-type, mcp-protocol-version, mcp-session-id',
            ],
          ])(
            asked(exchange, 'OPTIONS', exchange.request.url, [
              ['origin', 'https://app.example'],
              ['access-control-request-method', exchange.request.method],
            ]),
          ),
        ],
      ),
  },
  {
    what: 'answers that arrive in pieces',
    apply: (traffic) =>
      traffic.flatMap((exchange) => {
        const { response, endedAt: _, ...rest } = exchange
        if (response === undefined) return [exchange]
        const body = { bytes: response.body.bytes.slice(0, 7), dropped: 0 }
        return [rest, { ...rest, response: { ...response, body, complete: false } }, exchange]
      }),
  },
  {
    what: 'signing keys fetched',
    apply: (traffic) =>
      before(traffic, places.use, (exchange) => [
        answer(
          200,
          [['content-type', 'application/json']],
          '{"keys":[]}',
        )(asked(exchange, 'GET', 'https://as.example/jwks')),
      ]),
  },
  {
    what: 'metadata asked for twice',
    apply: (traffic) => before(traffic, isMetadata, (exchange) => [exchange]),
  },
  {
    what: 'places asked in vain before the right one',
    apply: (traffic) =>
      before(traffic, isMetadata, (exchange) => {
        const { url } = exchange.request
        return [
          lost(
            asked(
              exchange,
              'GET',
              url.includes('protected-resource')
                ? url.replace(/(oauth-protected-resource).*/, '$1/other')
                : url.replace(/oauth-authorization-server|openid-configuration/, (name) =>
                    name.startsWith('oauth')
                      ? 'openid-configuration'
                      : 'oauth-authorization-server',
                  ),
              exchange.request.headers,
            ),
          ),
        ]
      }),
  },
  {
    what: 'a long session',
    apply: (traffic) => {
      const last = traffic.findLast((one) => places.use(one) && one.response?.status === 200)
      if (last === undefined) return [...traffic]
      const end = Math.max(...traffic.map(({ startedAt }) => startedAt))
      return [
        ...traffic,
        ...Array.from({ length: 60 }, (_, n) => ({
          ...last,
          id: `long-${n}`,
          startedAt: end + 1000 * (n + 1),
          endedAt: end + 1000 * (n + 1) + 50,
        })),
      ]
    },
  },
  {
    what: 'tokens for several audiences',
    apply: (traffic) =>
      claims(traffic, (all) =>
        // An access token says for which client it is; what a client or an identity provider signs is for one server.
        all['client_id'] === undefined || all['resource'] !== undefined
          ? all
          : { ...all, aud: ['https://as.example/userinfo', all['aud']] },
      ),
  },
  {
    what: 'captures that know no connections',
    merges: true,
    apply: (traffic) => traffic.map((one) => ({ ...one, connection: '', client: '' })),
  },
]
