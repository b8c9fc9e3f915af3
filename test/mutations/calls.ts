import type { Exchange } from '../../src/core/wire/exchange.ts'
import { header } from '../../src/core/wire/exchange.ts'
import {
  type Traffic,
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  replaced,
  requestField,
  responseField,
  followedBy,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { bearerOf, find } from './places.ts'

const challengeOf = (exchange: Exchange) =>
  header(exchange.response?.headers ?? [], 'www-authenticate') ?? ''

/** The first call with a token after a login or a renewal; -1 when none was seen. */
function firstUse(traffic: Traffic): number {
  const token = find(traffic, 'token')
  return token < 0 ? -1 : find(traffic, 'use', token)
}

const metadata = 'resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"'
const invalid = answerJson(401, { error: 'invalid_token' }, [
  ['www-authenticate', `Bearer error="invalid_token", ${metadata}`],
])

function opening(
  rule: string,
  what: string,
  change: (exchange: Exchange) => Exchange | undefined,
  guilty: Mutation['guilty'] = ['resource-server'],
): Mutation {
  const apply = where('opening', (traffic, i) => {
    const changed = change(traffic[i]!)
    return changed === undefined ? undefined : endingAt(traffic, i, () => changed)
  })
  return { rule, what, guilty, apply }
}

function use(
  rule: string,
  what: string,
  guilty: Mutation['guilty'],
  change: (traffic: Traffic, index: number) => Exchange[] | undefined,
  more: Partial<Mutation> = {},
): Mutation {
  const apply = (traffic: Traffic) => {
    const index = firstUse(traffic)
    return index < 0 ? undefined : change(traffic, index)
  }
  return { rule, what, guilty, apply, ...more }
}

/** The challenge written otherwise; undefined where that changes nothing. */
function respelled(exchange: Exchange, change: (field: string) => string): Exchange | undefined {
  const changed = change(challengeOf(exchange))
  return changed === challengeOf(exchange)
    ? undefined
    : responseField('www-authenticate', changed)(exchange)
}

/** Rounds of login and refusal, each with a token and a code of its own. */
function rounds(traffic: Traffic, index: number): Exchange[] | undefined {
  const redemption = find(traffic, 'redemption')
  if (redemption < 0 || index < redemption) return undefined
  const code = /code=([^&]+)/.exec(
    Buffer.from(traffic[redemption]!.request.body.bytes).toString(),
  )![1]!
  const token = bearerOf(traffic[index]!)
  const round = [...traffic.slice(find(traffic, 'authorize'), index), invalid(traffic[index]!)]
  const [second, third] = ['second', 'third'].map((name) =>
    replaced(replaced(round, code, `${name}-code`), token, `${name}-token-of-this-server`),
  )
  return followedBy([...traffic.slice(0, index), invalid(traffic[index]!)], ...second!, ...third!)
}

export const calls: readonly Mutation[] = [
  opening(
    'challenge/www-authenticate-missing',
    'a 401 without a challenge',
    responseField('www-authenticate', undefined),
  ),
  opening('challenge/unparseable', 'a closing quotation mark is forgotten', (exchange) =>
    respelled(exchange, (field) => field.replace(/"(?=,|$)/, '')),
  ),
  opening('challenge/unparseable', 'quotation marks of a word processor', (exchange) =>
    respelled(exchange, (field) => Buffer.from(field.replaceAll('"', '”')).toString('latin1')),
  ),
  opening(
    'challenge/wrong-status',
    '403 in place of 401',
    answerJson(403, { message: 'Forbidden' }),
  ),
  opening(
    'challenge/wrong-status',
    'an error of JSON-RPC with status 200',
    answerJson(200, {
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32001, message: 'Unauthorized: no token was sent' },
    }),
  ),
  opening(
    'challenge/wrong-status',
    '400 and a text',
    answer(400, [['content-type', 'text/plain']], 'Missing Authorization header'),
  ),
  opening(
    'flow/auth-not-started',
    'the client does nothing about the challenge',
    (exchange) => exchange,
    ['client'],
  ),
  opening(
    'transport/mcp-endpoint-redirect',
    'the endpoint redirects and the client stays',
    (exchange) => answer(307, [['location', `${exchange.request.url}/`]])(exchange),
  ),
  opening('transport/mcp-endpoint-redirect', 'the endpoint redirects to http', (exchange) => {
    const { url } = exchange.request
    if (!url.startsWith('https://')) return undefined
    return answer(308, [['location', url.replace('https://', 'http://')]])(exchange)
  }),
  use('bearer/missing', 'the client does not send its token', ['client'], (traffic, i) =>
    endingAt(
      traffic,
      i,
      chain(
        requestField('authorization', undefined),
        answerJson(401, { error: 'unauthorized' }, [['www-authenticate', `Bearer ${metadata}`]]),
      ),
    ),
  ),
  use(
    'bearer/fresh-token-rejected',
    'a good token is refused',
    ['resource-server', 'authorization-server'],
    (traffic, i) => endingAt(traffic, i, invalid),
  ),
  use(
    'flow/reauth-loop',
    'a good token is refused in every round',
    ['resource-server', 'authorization-server'],
    rounds,
    {
      equal: { 'bearer/fresh-token-rejected': 'the first refusal is what the loop is made of' },
    },
  ),
  use(
    'intermediary/authorization-stripped',
    'a proxy takes the token off',
    ['intermediary'],
    (traffic, i) => {
      const bare = find(traffic, 'opening')
      if (bare < 0 || bare > i) return undefined
      const { headers, body } = traffic[bare]!.response!
      return endingAt(
        traffic,
        i,
        answer(401, [...headers, ['via', '1.1 edge']], Buffer.from(body.bytes).toString()),
      )
    },
  ),
  use(
    'intermediary/authorization-stripped',
    'the server says that no token came',
    ['intermediary'],
    (traffic, i) =>
      endingAt(
        traffic,
        i,
        answerJson(401, { error: 'Missing Authorization header' }, [
          ['www-authenticate', `Bearer ${metadata}`],
        ]),
      ),
  ),
  use(
    'intermediary/request-blocked',
    'a firewall stops the call with the token',
    ['intermediary'],
    (traffic, i) =>
      endingAt(
        traffic,
        i,
        answer(
          403,
          [
            ['server', 'cloudflare'],
            ['cf-ray', '1-FRA'],
            ['content-type', 'text/plain'],
          ],
          'Your request was blocked.',
        ),
      ),
  ),
  use(
    'bearer/issued-token-not-used',
    'the client goes on with a configured key',
    ['client'],
    (traffic, i) => {
      const bare = find(traffic, 'opening')
      if (bare < 0 || bare > i) return undefined
      const key = 'Bearer key-of-the-configuration'
      const asked = at(traffic, bare, requestField('authorization', key))
      return endingAt(asked, i, chain(requestField('authorization', key), invalid))
    },
  ),
  {
    rule: 'audience/server-accepts-wrong-audience',
    what: 'the server takes a token for another API',
    guilty: ['resource-server'],
    apply: (traffic) => {
      if (find(traffic, 'token') >= 0) return undefined
      const index = find(traffic, 'use')
      const token = bearerOf(traffic[index]!)
      const [head, claims, signature] = token.split('.')
      if (claims === undefined) return undefined
      const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object
      const foreign = Buffer.from(JSON.stringify({ ...read, aud: 'https://api.other.example' }))
      return replaced(traffic, token, [head, foreign.toString('base64url'), signature].join('.'))
    },
  },
]
