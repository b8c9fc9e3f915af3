import * as flow from './whole-flow.ts'

/** Values of tests about grants without a person. The transcripts' clock begins at 1767268800. */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const idJag = 'urn:ietf:params:oauth:token-type:id-jag'
export const idp = 'https://idp.example'

type Values = Record<string, unknown>

export function signed(claims: Values, header: Values = {}): string {
  return `\${jwt ${JSON.stringify({ alg: 'ES256', ...header })} ${JSON.stringify(claims)}}`
}

export const ofClient = (changes: Values = {}, header: Values = {}) =>
  signed(
    { iss: 'app', sub: 'app', aud: flow.issuer, exp: 1767268860, jti: 'one', ...changes },
    header,
  )

export const issued = flow.json({ access_token: flow.secret('at_ m'), token_type: 'Bearer' })
export const refused = flow.json({ error: 'invalid_grant' }, '400 Bad Request')

/** client_credentials by an assertion. */
export const machine = (assertion: string, answer = refused, more: Record<string, string> = {}) =>
  flow.tokenRequest(
    {
      grant_type: 'client_credentials',
      client_assertion_type: clientAssertionType,
      client_assertion: assertion,
      resource: flow.endpoint,
      ...more,
    },
    answer,
  )

export const metadata = (changes: Values = {}) =>
  flow.get(
    `${flow.issuer}/.well-known/oauth-authorization-server`,
    flow.json(
      flow.serverDocument({
        grant_types_supported: ['client_credentials', jwtBearer],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256'],
        ...changes,
      }),
    ),
  )

export const identity = signed({ iss: idp, sub: 'ann', aud: 'app-at-idp', exp: 1767269100 })

export const jag = (changes: Values = {}, header: Values = {}) =>
  signed(
    {
      iss: idp,
      sub: 'ann',
      aud: flow.issuer,
      client_id: 'app',
      resource: flow.endpoint,
      jti: 'one',
      iat: 1767268800,
      exp: 1767269100,
      ...changes,
    },
    { typ: 'oauth-id-jag+jwt', ...header },
  )

const exchangeForm = {
  grant_type: tokenExchange,
  requested_token_type: idJag,
  audience: flow.issuer,
  resource: flow.endpoint,
  subject_token: identity,
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  client_id: 'app-at-idp',
}

/** The exchange of an identity for an ID-JAG at the identity provider. */
export const exchange = (changes: Record<string, string | undefined> = {}, answer: Values = {}) =>
  flow
    .tokenRequest(
      { ...exchangeForm, ...changes },
      flow.json({ issued_token_type: idJag, access_token: jag(), token_type: 'N_A', ...answer }),
    )
    .replace(flow.issuer, idp)

/** The ID-JAG as a grant. */
export const redeem = (assertion = jag(), answer = issued, client = 'app') =>
  flow.tokenRequest({ grant_type: jwtBearer, assertion, client_id: client }, answer)

export const found = flow.healthy.challenge + flow.healthy.resourceMetadata + metadata()

const use = flow.sessionStart(flow.secret('at_ m')) + flow.call('tools/list', flow.secret('at_ m'))

export const ofWorkload = (changes: Values = {}) =>
  signed({
    iss: 'https://platform.example',
    sub: 'w',
    aud: flow.issuer,
    exp: 1767268860,
    ...changes,
  })

/** Logins without a person in which nothing is wrong. */
export const machineLogins: Readonly<Record<string, string>> = {
  'of a machine that signs with its key': found + machine(ofClient(), issued) + use,
  'of a workload': found + redeem(ofWorkload(), issued) + use,
  'of an enterprise': found + exchange() + redeem() + use,
}
