import { type Exchange, bodyText, header } from '../../src/core/wire/exchange.ts'
import {
  type Traffic,
  answer,
  answerJson,
  chain,
  endingAt,
  members,
  parameter,
  replaced,
  withoutParameter,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { type PlaceName, bearerOf, find, places } from './places.ts'

const refusal = answerJson(401, { error: 'invalid_token' }, [
  ['www-authenticate', 'Bearer error="invalid_token", error_description="invalid audience"'],
])
const oauthError = (error: string, description?: string, status = 400) =>
  answerJson(status, {
    error,
    ...(description === undefined ? {} : { error_description: description }),
  })

/** The authorization response with an error in place of the code; the client goes no further. */
function denied(traffic: Traffic, error: string, description?: string): Exchange[] | undefined {
  const index = find(traffic, 'callback')
  if (index < 0) return undefined
  return endingAt(
    traffic,
    index,
    chain(
      withoutParameter('code'),
      parameter('error', error),
      parameter('error_description', description),
    ),
  )
}

/** A change of every authorization and token request that a parameter is part of. */
function everywhere(traffic: Traffic, change: (exchange: Exchange) => Exchange): Exchange[] {
  const carries = (one: Exchange) =>
    places.authorize(one) || places.token(one) || one.request.url.endsWith('/par')
  return traffic.map((exchange) => (carries(exchange) ? change(exchange) : exchange))
}

/** Redemption with another audience in the token that it yields, which the server then refuses. */
function issuedFor(traffic: Traffic, audience: (own: string) => unknown): Exchange[] | undefined {
  const token = find(traffic, 'redemption')
  const use = find(traffic, 'use', token)
  if (token < 0 || use < 0) return undefined
  const value = bearerOf(traffic[use]!)
  const [head, claims, signature] = value.split('.')
  if (claims === undefined || !bodyText(traffic[token]!.response!).includes(value)) return undefined
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  const other = { ...read, aud: audience(String(read['aud'])) }
  const changed = [head, Buffer.from(JSON.stringify(other)).toString('base64url'), signature]
  return endingAt(replaced(traffic, value, changed.join('.')), use, refusal)
}

/** What a request of this sort says in its body; empty when there is none. */
function said(traffic: Traffic, name: PlaceName): string {
  const exchange = traffic[find(traffic, name)]
  return exchange === undefined ? '' : bodyText(exchange.request)
}

/** The resource that the token request names. */
function resourceOf(traffic: Traffic): string | undefined {
  const value = /resource=([^&]+)/.exec(said(traffic, 'redemption'))?.[1]
  return value === undefined ? undefined : decodeURIComponent(value)
}

/** The redirect URI on another port, in what was registered before. */
function withOldPort(traffic: Traffic): Traffic | undefined {
  const index = find(traffic, 'registration')
  const uri = /http:\/\/127\.0\.0\.1:\d+/.exec(said(traffic, 'registration'))
  if (uri === null) return undefined
  return traffic.map((one, i) =>
    i === index ? replaced([one], uri[0], 'http://127.0.0.1:1024')[0]! : one,
  )
}

function registration(
  rule: string,
  what: string,
  change: (exchange: Exchange) => Exchange,
  guilty: Mutation['guilty'] = ['authorization-server'],
): Mutation {
  return { rule, what, guilty, apply: where('registration', (t, i) => endingAt(t, i, change)) }
}

function redemption(
  rule: string,
  what: string,
  guilty: Mutation['guilty'],
  change: (exchange: Exchange) => Exchange,
  more: Partial<Mutation> = {},
): Mutation {
  return {
    rule,
    what,
    guilty,
    apply: where('redemption', (t, i) => endingAt(t, i, change)),
    ...more,
  }
}

const page = (text: string) =>
  answer(400, [['content-type', 'text/html']], `<!doctype html><h1>Error</h1><p>${text}</p>`)

export const authorization: readonly Mutation[] = [
  registration(
    'registration/rejected',
    'loopback redirect URIs are refused',
    oauthError('invalid_redirect_uri'),
  ),
  registration(
    'registration/rejected',
    'registration is closed',
    oauthError('access_denied', 'an initial access token is required', 403),
  ),
  registration(
    'registration/rejected',
    'registration is switched off',
    answer(404, [], 'Not Found'),
  ),
  registration(
    'registration/rejected',
    'metadata is refused that no document speaks against',
    oauthError('invalid_client_metadata', 'policy_uri is required'),
  ),
  registration(
    'registration/response-invalid',
    'no client_id is given',
    members({ client_id: undefined }),
  ),
  registration(
    'registration/response-invalid',
    'redirect_uris is null',
    members({ redirect_uris: null }),
  ),
  registration(
    'registration/response-invalid',
    'the answer is no JSON',
    answer(201, [['content-type', 'text/html']], 'created'),
  ),
  {
    rule: 'authorization/redirect-uri-unregistered',
    what: 'the client asks with a redirect URI that it did not register',
    guilty: ['client'],
    apply: where('authorize', (traffic, i) =>
      find(traffic, 'registration') < 0 || !traffic[i]!.request.url.includes('redirect_uri')
        ? undefined
        : endingAt(
            traffic,
            i,
            chain(
              parameter('redirect_uri', 'http://127.0.0.1:41234/other'),
              page('redirect_uri is not registered'),
            ),
          ),
    ),
  },
  {
    rule: 'authorization/loopback-port-rejected',
    what: 'the server compares the port of a loopback redirect URI',
    guilty: ['authorization-server'],
    apply: where('authorize', (traffic, i) => {
      const old = withOldPort(traffic)
      return old === undefined || !traffic[i]!.request.url.includes('redirect_uri')
        ? undefined
        : endingAt(old, i, page('redirect_uri is not registered'))
    }),
  },
  {
    rule: 'audience/resource-param-missing',
    what: 'the client never names the resource',
    guilty: ['client'],
    apply: (traffic) => {
      const broken = issuedFor(traffic, () => 'api://default')
      return broken && everywhere(broken, withoutParameter('resource'))
    },
  },
  {
    rule: 'audience/resource-param-trailing-slash',
    what: 'the client adds a slash and the server does not know that resource',
    guilty: ['client'],
    apply: where('redemption', (traffic, i) => {
      const resource = resourceOf(traffic)
      if (resource === undefined) return undefined
      const slashed = everywhere(traffic, parameter('resource', `${resource}/`))
      return endingAt(slashed, i, oauthError('invalid_target'))
    }),
  },
  {
    rule: 'audience/resource-param-trailing-slash',
    what: 'the client adds a slash and the MCP server refuses such tokens',
    guilty: ['client'],
    apply: (traffic) => {
      const resource = resourceOf(traffic)
      const broken = issuedFor(traffic, (own) => `${own}/`)
      return resource === undefined || broken === undefined
        ? undefined
        : everywhere(broken, parameter('resource', `${resource}/`))
    },
  },
  {
    rule: 'audience/as-rejects-resource',
    what: 'the authorization response says invalid_target',
    guilty: ['authorization-server'],
    apply: (traffic) => denied(traffic, 'invalid_target', 'unknown resource'),
  },
  redemption(
    'audience/as-rejects-resource',
    'the token endpoint says invalid_target',
    ['authorization-server'],
    oauthError('invalid_target'),
  ),
  {
    rule: 'audience/aud-mismatch',
    what: 'the token is for the API of the authorization server',
    guilty: ['authorization-server'],
    apply: (traffic) => issuedFor(traffic, () => 'https://as.example/userinfo'),
  },
  {
    rule: 'audience/aud-mismatch',
    what: 'the token is for another resource',
    guilty: ['authorization-server'],
    apply: (traffic) => issuedFor(traffic, () => ['https://files.example', 'https://mail.example']),
  },
  {
    rule: 'scope/documents-disagree',
    what: 'the MCP server asks for a scope that its authorization server does not know',
    guilty: ['resource-server'],
    apply: where('opening', (traffic, i) => {
      const field = header(traffic[i]!.response!.headers, 'www-authenticate') ?? ''
      const scope = /scope="([^"]*)"/.exec(field)?.[1]
      const asks = (one: Exchange) => places.authorize(one) || one.request.url.endsWith('/par')
      if (scope === undefined || !traffic.some(asks)) return undefined
      const changed = traffic.map((one, n) => {
        if (asks(one)) return parameter('scope', 'admin')(one)
        if (n === i) return replaced([one], `scope="${scope}"`, 'scope="admin"')[0]!
        const names = places.resourceMetadata(one) || places.registration(one)
        return names ? replaced([one], `"${scope}"`, '"admin"')[0]! : one
      })
      return denied(changed, 'invalid_scope')
    }),
  },
  {
    rule: 'scope/rejected-by-as',
    what: 'the client asks for scopes of its own invention',
    guilty: ['client'],
    apply: (traffic) =>
      denied(
        everywhere(traffic, (one) =>
          /[?&]scope=|^scope=|&scope=/.test(one.request.url + bodyText(one.request))
            ? parameter('scope', 'openid profile')(one)
            : one,
        ),
        'invalid_scope',
      ),
  },
]
