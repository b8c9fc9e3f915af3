import type { Exchange } from '../../src/core/wire/exchange.ts'
import { bodyText } from '../../src/core/wire/exchange.ts'
import {
  type Json,
  type Traffic,
  answer,
  answerJson,
  at,
  chain,
  endingAt,
  followedBy,
  members,
  parameter,
  replaced,
  requestField,
  rewritten,
  withoutParameter,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { type PlaceName, find } from './places.ts'

const noClient = answerJson(401, { error: 'invalid_client' })
const noGrant = answerJson(400, { error: 'invalid_grant' })
const day = 86_400
const now = 1767268800

const formValue = (exchange: Exchange, name: string) =>
  new URLSearchParams(bodyText(exchange.request)).get(name)!

/** An assertion that a request carries under this name, with other claims or another header. */
const asserting =
  (name: string, claims: Json, head: Json = {}) =>
  (exchange: Exchange) =>
    parameter(name, rewritten(formValue(exchange, name), claims, head))(exchange)

function refused(
  place: PlaceName,
  rule: string,
  what: string,
  change: (exchange: Exchange) => Exchange,
  more: Partial<Mutation> = {},
): Mutation {
  const answered = place === 'assertion' ? noClient : noGrant
  return {
    rule,
    what,
    guilty: ['client'],
    apply: where(place, (t, i) => endingAt(t, i, chain(change, answered))),
    ...more,
  }
}

const assertion = (rule: string, what: string, claims: Json, head: Json = {}) =>
  refused('assertion', rule, what, asserting('client_assertion', claims, head))

/** The identity provider issues this ID-JAG, the client redeems it, and it is refused. */
function jag(what: string, claims: Json, head: Json = {}): Mutation {
  return {
    rule: 'ema/id-jag-invalid',
    what,
    guilty: ['authorization-server'],
    apply: where('exchange', (t) => {
      const redeemed = find(t, 'assertionGrant')
      const old = formValue(t[redeemed]!, 'assertion')
      const changed = replaced(t, old, rewritten(old, claims, head))
      return endingAt(changed, redeemed, noGrant)
    }),
  }
}

/** Only an ID-JAG was exchanged before; a workload brings the assertion of its platform. */
const ofWorkload =
  (apply: Mutation['apply']): Mutation['apply'] =>
  (traffic) =>
    find(traffic, 'exchange') < 0 ? apply(traffic) : undefined

const ofEnterprise =
  (apply: Mutation['apply']): Mutation['apply'] =>
  (traffic) =>
    find(traffic, 'exchange') < 0 ? undefined : apply(traffic)

function workload(rule: string, what: string, claims: Json): Mutation {
  const { apply, ...mutation } = refused(
    'assertionGrant',
    rule,
    what,
    asserting('assertion', claims),
  )
  return { ...mutation, apply: ofWorkload(apply) }
}

const idJagOf = (traffic: Traffic) =>
  formValue(traffic[find(traffic, 'assertionGrant')]!, 'assertion')

/** What may go wrong with logins of machines, workloads and enterprises. */
export const machines: readonly Mutation[] = [
  assertion('assertion/invalid', 'the client assertion expired', { exp: now - day }),
  assertion('assertion/invalid', 'the client assertion is not valid yet', {
    nbf: now + day,
    exp: now + day + 60,
  }),
  assertion('assertion/invalid', 'the client assertion has no sub', { sub: undefined }),
  assertion('assertion/invalid', 'the client assertion has no exp', { exp: undefined }),
  assertion('assertion/invalid', 'it is signed as the server does not list', {}, { alg: 'HS256' }),
  assertion('assertion/invalid', 'iss and sub of the assertion differ', { iss: 'somebody' }),
  refused(
    'assertion',
    'assertion/invalid',
    'client_assertion_type is that of SAML in short',
    parameter('client_assertion_type', 'jwt-bearer'),
  ),
  refused(
    'assertion',
    'assertion/invalid',
    'the client assertion is no JWT',
    parameter('client_assertion', 'not-a-jwt'),
  ),
  {
    rule: 'assertion/invalid',
    what: 'the client sends its assertion once more',
    guilty: ['client'],
    apply: where('assertion', (t, i) => followedBy(t, noClient(t[i]!))),
  },
  assertion('assertion/audience-wrong', 'the assertion is for another server', {
    aud: 'https://other.example',
  }),
  {
    rule: 'assertion/audience-wrong',
    what: 'the assertion is for the token endpoint, and the server minds',
    guilty: ['client'],
    apply: where('assertion', (t, i) =>
      endingAt(
        t,
        i,
        chain(
          asserting('client_assertion', { aud: 'https://as.example/token' }),
          answerJson(401, {
            error: 'invalid_client',
            error_description: 'the audience of the client assertion is not acceptable',
          }),
        ),
      ),
    ),
  },
  refused(
    'assertion',
    'client-credentials/client-not-authenticated',
    'a machine asks without authentication',
    chain(
      withoutParameter('client_assertion'),
      withoutParameter('client_assertion_type'),
      parameter('client_id', 'app'),
    ),
  ),
  refused(
    'assertion',
    'client-credentials/client-not-authenticated',
    'a machine asks with the code of a person',
    parameter('code', 'c1'),
  ),
  workload('assertion/invalid', 'the assertion of the platform expired', { exp: now - day }),
  workload('assertion/invalid', 'the assertion of the platform has no sub', { sub: undefined }),
  workload('assertion/audience-wrong', 'the assertion of the platform is for another server', {
    aud: 'https://other.example',
  }),
  refused(
    'exchange',
    'ema/token-exchange-invalid',
    'the exchange names no audience',
    withoutParameter('audience'),
  ),
  refused(
    'exchange',
    'ema/token-exchange-invalid',
    'the exchange names no resource',
    withoutParameter('resource'),
  ),
  refused(
    'exchange',
    'ema/token-exchange-invalid',
    'the exchange has no subject token',
    withoutParameter('subject_token'),
  ),
  {
    rule: 'ema/token-exchange-invalid',
    what: 'the identity provider gives no JWT, and it is refused',
    guilty: ['authorization-server'],
    apply: where('exchange', (t, i) => {
      const redeemed = find(t, 'assertionGrant')
      return endingAt(
        at(t, i, members({ access_token: 'opaque-and-long-enough-to-be-one' })),
        redeemed,
        chain(parameter('assertion', 'opaque-and-long-enough-to-be-one'), noGrant),
      )
    }),
  },
  jag('the ID-JAG is for another client', { client_id: 'somebody' }),
  jag('the ID-JAG is for another resource', { resource: 'https://other.example/mcp' }),
  jag('the ID-JAG is for another authorization server', { aud: 'https://other.example' }),
  jag('the ID-JAG has no jti', { jti: undefined }),
  jag('the ID-JAG has the typ of an access token', {}, { typ: 'at+jwt' }),
  {
    rule: 'ema/id-jag-invalid',
    what: 'the client redeems an ID-JAG that is over',
    guilty: ['client', 'authorization-server'],
    apply: ofEnterprise(
      where('assertionGrant', (t, i) =>
        endingAt(t, i, chain(asserting('assertion', { exp: now - day }), noGrant)),
      ),
    ),
  },
  {
    rule: 'bearer/wrong-token-presented',
    what: 'the client presents the ID-JAG itself',
    guilty: ['client'],
    apply: ofEnterprise(
      where('use', (t, i) =>
        endingAt(
          t.filter((_, index) => index !== find(t, 'assertionGrant')),
          i - 1,
          chain(
            requestField('authorization', `Bearer ${idJagOf(t)}`),
            answer(401, [['www-authenticate', 'Bearer error="invalid_token"']]),
          ),
        ),
      ),
    ),
  },
]
