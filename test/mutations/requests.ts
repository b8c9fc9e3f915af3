import { type Exchange, bodyText } from '../../src/core/wire/exchange.ts'
import {
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  followedBy,
  members,
  parameter,
  requestField,
  withoutParameter,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { type PlaceName, find } from './places.ts'

const refused = (error: string, description?: string, status = 400) =>
  answerJson(status, {
    error,
    ...(description === undefined ? {} : { error_description: description }),
  })

const json = (change: (members: Record<string, unknown>) => unknown) => (exchange: Exchange) => {
  const read = JSON.parse(bodyText(exchange.request)) as Record<string, unknown>
  const bytes = Buffer.from(JSON.stringify(change(read)))
  return { ...exchange, request: { ...exchange.request, body: { bytes, dropped: 0 } } }
}

/** The login ends at this place, by one change to it. */
function ending(place: PlaceName) {
  return (
    rule: string,
    what: string,
    guilty: Mutation['guilty'],
    change: (exchange: Exchange) => Exchange,
    equal: Mutation['equal'] = {},
  ): Mutation => ({
    rule,
    what,
    guilty,
    equal,
    apply: where(place, (traffic, i) => endingAt(traffic, i, change)),
  })
}

const registration = ending('registration')
const callback = ending('callback')
const redemption = ending('redemption')
const client = ['client'] as const
const server = ['authorization-server'] as const

const denied = (error: string, description?: string) =>
  chain(
    withoutParameter('code'),
    parameter('error', error),
    parameter('error_description', description),
  )

/** What is wrong with a single request of the client, or with the answer that it gets. */
export const requests: readonly Mutation[] = [
  registration(
    'registration/request-incomplete',
    'the client registers no redirect URI',
    client,
    chain(
      json(({ redirect_uris: _, ...rest }) => rest),
      refused('invalid_client_metadata', 'redirect_uris is required'),
    ),
  ),
  registration(
    'registration/redirect-uri-unsafe',
    'the client registers a redirect URI on plain http',
    client,
    chain(
      json((all) => ({ ...all, redirect_uris: ['http://app.example/cb'] })),
      refused('invalid_redirect_uri'),
    ),
  ),
  registration('registration/response-invalid', 'no client_id comes', server, (exchange) =>
    members({ client_id: undefined })(exchange),
  ),
  {
    rule: 'registration/auth-method-conflict',
    what: 'a secret is to be used, and none is given',
    guilty: server,
    apply: where('registration', (traffic, i) => {
      const redeemed = find(traffic, 'redemption')
      const promised = at(
        traffic,
        i,
        members({ token_endpoint_auth_method: 'client_secret_basic' }),
      )
      return redeemed < 0
        ? undefined
        : endingAt(promised, redeemed, refused('invalid_client', undefined, 401))
    }),
  },
  {
    rule: 'registration/client-unknown-to-as',
    what: 'the server forgets a client that it registered',
    guilty: server,
    apply: where('registration', (traffic) => {
      const redeemed = find(traffic, 'redemption')
      const forgotten = refused('invalid_client', 'Client not found', 401)
      return redeemed < 0 ? undefined : endingAt(traffic, redeemed, forgotten)
    }),
  },
  {
    rule: 'registration/client-id-mismatch',
    what: 'another client redeems the code',
    guilty: client,
    apply: where('redemption', (traffic, i) =>
      bodyText(traffic[i]!.request).includes('client_id=')
        ? endingAt(
            traffic,
            i,
            chain(parameter('client_id', 'another-client'), refused('invalid_grant')),
          )
        : undefined,
    ),
  },
  callback(
    'authorization/error-response',
    'the server fails while the person is there',
    server,
    denied('server_error'),
  ),
  callback(
    'authorization/response-malformed',
    'the state does not come back',
    server,
    withoutParameter('state'),
  ),
  callback(
    'authorization/iss-invalid',
    'the response names another issuer',
    server,
    parameter('iss', 'https://other.example'),
  ),
  redemption(
    'pkce/verifier-missing',
    'the client sends no verifier',
    client,
    chain(withoutParameter('code_verifier'), refused('invalid_grant')),
  ),
  redemption(
    'pkce/valid-verifier-rejected',
    'a verifier that fits is refused',
    server,
    refused('invalid_grant', 'code_verifier does not match the code_challenge'),
  ),
  redemption(
    'token/redirect-uri-mismatch',
    'the code is redeemed under another redirect URI',
    client,
    chain(parameter('redirect_uri', 'http://127.0.0.1:1/other'), refused('invalid_grant')),
  ),
  redemption(
    'token/wrong-content-type',
    'the token request is sent as plain text',
    client,
    chain(requestField('content-type', 'text/plain'), refused('invalid_request')),
  ),
  redemption(
    'token/required-parameter-missing',
    'the token request has no code',
    client,
    chain(withoutParameter('code'), refused('invalid_request', 'code is missing')),
  ),
  redemption(
    'token/endpoint-unusable',
    'there is nothing at the token endpoint',
    server,
    answer(404, []),
  ),
  redemption(
    'token/error-not-oauth',
    'a problem document is no OAuth error',
    server,
    answer(400, [['content-type', 'application/problem+json']], '{"title":"no","status":400}'),
  ),
  redemption('token/response-invalid', 'the token is wrapped', server, (exchange) =>
    answerJson(200, { data: JSON.parse(bodyText(exchange.response!)) as unknown }, [
      ['cache-control', 'no-store'],
      ['access-control-allow-origin', '*'],
    ])(exchange),
  ),
  redemption(
    'token/grant-type-problem',
    'the grant is advertised and refused',
    server,
    refused('unsupported_grant_type'),
  ),
  {
    rule: 'token/code-reused',
    what: 'the client redeems the code twice',
    guilty: client,
    apply: where('redemption', (traffic, i) =>
      followedBy(traffic.slice(0, i + 1), refused('invalid_grant')(traffic[i]!)),
    ),
  },
  {
    rule: 'client-credentials/client-not-authenticated',
    what: 'a machine shows no secret',
    guilty: client,
    apply: where('token', (traffic, i) =>
      bodyText(traffic[i]!.request).includes('grant_type=client_credentials')
        ? endingAt(
            traffic,
            i,
            chain(
              requestField('authorization', undefined),
              withoutParameter('client_secret'),
              withoutParameter('client_assertion'),
              withoutParameter('client_assertion_type'),
              parameter('client_id', 'app'),
              refused('invalid_client', undefined, 401),
            ),
          )
        : undefined,
    ),
  },
]
