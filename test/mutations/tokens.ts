import { type Exchange, bodyText, header } from '../../src/core/wire/exchange.ts'
import {
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  members,
  parameter,
  requestField,
  followedBy,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { find } from './places.ts'

const oauthError = (error: string, description?: string, status = 400) =>
  answerJson(status, {
    error,
    ...(description === undefined ? {} : { error_description: description }),
  })

const otherVerifier = parameter('code_verifier', 'another-verifier-that-is-long-enough-to-be-one')

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

export const tokens: readonly Mutation[] = [
  redemption(
    'pkce/verifier-mismatch',
    'the verifier is not the one of the request',
    ['client'],
    chain(otherVerifier, oauthError('invalid_grant')),
  ),
  {
    rule: 'token/client-auth-mismatch',
    what: 'the client posts its secret where only Basic is offered',
    guilty: ['client'],
    apply: where('redemption', (traffic, i) => {
      const field = header(traffic[i]!.request.headers, 'authorization')
      if (field === undefined) return undefined
      const [id, password] = Buffer.from(field.slice('Basic '.length), 'base64')
        .toString()
        .split(':')
      return endingAt(
        traffic,
        i,
        chain(
          requestField('authorization', undefined),
          parameter('client_id', id),
          parameter('client_secret', password),
          oauthError('invalid_client', undefined, 401),
        ),
      )
    }),
  },
  {
    rule: 'token/client-auth-mismatch',
    what: 'the client was given a secret and does not use it',
    guilty: ['client'],
    apply: where('redemption', (traffic, i) => {
      const registered = find(traffic, 'registration')
      if (registered < 0) return undefined
      const confidential = members({
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: 'given-to-the-client',
        client_secret_expires_at: 0,
      })
      const offered = at(
        traffic,
        find(traffic, 'serverMetadata'),
        members({ token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
      )
      return endingAt(
        at(offered, registered, confidential),
        i,
        oauthError('invalid_client', undefined, 401),
      )
    }),
  },
  redemption(
    'token/error-response',
    'the server has forgotten the code',
    ['authorization-server'],
    oauthError('invalid_grant', 'code not found'),
  ),
  redemption(
    'token/response-not-json',
    'the token comes as a form',
    ['authorization-server'],
    (exchange) => {
      const issued = JSON.parse(bodyText(exchange.response!)) as Record<string, string>
      const text = new URLSearchParams({
        access_token: issued['access_token']!,
        token_type: 'bearer',
      })
      return answer(
        200,
        [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['access-control-allow-origin', '*'],
        ],
        text.toString(),
      )(exchange)
    },
  ),
  {
    rule: 'refresh/rotated-token-reused',
    what: 'the client presents a refresh token that was replaced',
    guilty: ['client'],
    apply: where('refresh', (traffic, i) =>
      followedBy(
        traffic,
        oauthError('invalid_grant', 'the refresh token was used before')(traffic[i]!),
      ),
    ),
  },
  {
    rule: 'token/response-not-json',
    what: 'a page stands in place of the token',
    guilty: ['authorization-server'],
    apply: where('redemption', (t, i) =>
      endingAt(
        t,
        i,
        answer(200, [['content-type', 'text/html']], '<!doctype html><title>Welcome</title>'),
      ),
    ),
  },
]
