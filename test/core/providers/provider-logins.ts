import * as flow from '../../rules/whole-flow.ts'

/** How the logins of one product look on the wire. */
interface Shape {
  readonly name: string
  readonly issuer: string
  /** Where metadata is asked for in vain before it is found. */
  readonly missed?: readonly string[]
  readonly found: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly scope?: string
  /** What the registration answers beside what was sent; undefined where a client is set up by hand. */
  readonly registered?: Readonly<Record<string, unknown>>
  readonly secret?: true
  readonly access: string
  readonly token?: Readonly<Record<string, unknown>>
}

const redirect = 'http://127.0.0.1:41234/callback'
const encode = encodeURIComponent

/** A healthy login of this shape, from the first call to one with the token. */
export function loginOf(shape: Shape): string {
  const { issuer, found, missed = [], metadata, scope, access, secret, token } = shape
  const document = { issuer, response_types_supported: ['code'], ...metadata }
  const endpoint = (name: string) => String(metadata[name])
  const scopes = scope?.split(' ').filter((one) => one !== 'openid' && one !== 'offline_access')
  const iss = metadata['authorization_response_iss_parameter_supported'] === true
  const asked = {
    response_type: 'code',
    client_id: flow.clientId,
    redirect_uri: redirect,
    state: 'Zm9vYmFyYmF6cXV4',
    code_challenge_method: 'S256',
    ...(scope === undefined ? {} : { scope }),
    resource: flow.endpoint,
  }
  const answer = {
    access_token: access,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: flow.secret('rt_ one'),
    ...token,
  }
  return [
    flow.opening(flow.challenge(`Bearer resource_metadata="${flow.metadataUrl}"`)),
    flow.get(
      flow.metadataUrl,
      flow.json({
        resource: flow.endpoint,
        authorization_servers: [issuer],
        ...(scopes === undefined ? {} : { scopes_supported: scopes }),
      }),
    ),
    ...missed.map((url) => flow.get(url, flow.notFound)),
    flow.get(found, flow.json(document)),
    shape.registered === undefined
      ? ''
      : registration(endpoint('registration_endpoint'), shape.registered),
    `
# handed-over client=browser
> GET ${endpoint('authorization_endpoint')}?${new URLSearchParams(asked).toString()}&code_challenge=\${s256 ${flow.verifier}}

# handed-over client=browser
> GET ${redirect}?code=${flow.secret('code_ one')}&state=Zm9vYmFyYmF6cXV4${iss ? `&iss=${encode(issuer)}` : ''}
`,
    flow
      .tokenRequest(
        {
          ...flow.redemption,
          redirect_uri: redirect,
          client_secret: secret ? 'one-that-was-given-by-hand' : undefined,
        },
        flow.json(answer, '200 OK', '\n< cache-control: no-store'),
      )
      .replace(`${flow.issuer}/token`, endpoint('token_endpoint')),
    flow.sessionStart(access),
    flow.call('tools/list', access),
  ].join('\n')
}

function registration(url: string, more: Readonly<Record<string, unknown>>): string {
  const sent = {
    client_name: 'client',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  }
  return `
> POST ${url}
> content-type: application/json

${JSON.stringify(sent)}

${flow.json({ client_id: flow.clientId, ...sent, ...more }, '201 Created')}
`
}

const jwt = (iss: string, claims: Record<string, unknown>) =>
  flow.jwt({ iss, aud: undefined, client_id: undefined, scope: undefined, ...claims })
const wellKnown = (issuer: string, name = 'oauth-authorization-server') => {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/${name}${pathname === '/' ? '' : pathname}`
}
const appended = (issuer: string) => `${issuer}/.well-known/openid-configuration`
const inVain = (issuer: string) => [wellKnown(issuer), wellKnown(issuer, 'openid-configuration')]
const anyMethod = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const renewing = ['authorization_code', 'refresh_token']
const ofPerson = {
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
}

const tenant = 'https://login.microsoftonline.com/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10'
const api = '5e1d1111-2222-4333-8444-555566667777'
const pool = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC'
const hostedUi = 'https://pool.auth.eu-west-1.amazoncognito.com'
const auth0 = 'https://tenant.eu.auth0.com/'
const okta = 'https://dev-1.okta.com/oauth2/default'
const realm = 'https://id.example/realms/main'

/** Products whose metadata, scopes or tokens have a shape of their own. */
export const ownShapes: readonly Shape[] = [
  {
    name: 'Microsoft Entra ID',
    issuer: `${tenant}/v2.0`,
    missed: inVain(`${tenant}/v2.0`),
    found: appended(`${tenant}/v2.0`),
    metadata: {
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
      ...ofPerson,
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    },
    scope: `api://${api}/mcp.read offline_access`,
    access: jwt(`${tenant}/v2.0`, { aud: api, scp: 'mcp.read', ver: '2.0', azp: flow.clientId }),
    token: { scope: `api://${api}/mcp.read` },
  },
  {
    name: 'Auth0',
    issuer: auth0,
    found: wellKnown(auth0),
    metadata: {
      authorization_endpoint: `${auth0}authorize`,
      token_endpoint: `${auth0}oauth/token`,
      registration_endpoint: `${auth0}oidc/register`,
      scopes_supported: ['openid', 'profile', 'offline_access', 'email'],
      code_challenge_methods_supported: ['S256', 'plain'],
      grant_types_supported: renewing,
      token_endpoint_auth_methods_supported: anyMethod,
    },
    registered: {},
    scope: 'openid profile offline_access',
    access: jwt(auth0, {
      aud: [flow.endpoint, `${auth0}userinfo`],
      scope: 'openid profile mcp:tools offline_access',
      azp: flow.clientId,
    }),
    token: { scope: 'openid profile mcp:tools offline_access' },
  },
  {
    name: 'Okta',
    issuer: okta,
    missed: inVain(okta),
    found: appended(okta),
    metadata: {
      authorization_endpoint: `${okta}/v1/authorize`,
      token_endpoint: `${okta}/v1/token`,
      jwks_uri: `${okta}/v1/keys`,
      ...ofPerson,
      scopes_supported: ['openid', 'offline_access', 'mcp:tools'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: renewing,
      token_endpoint_auth_methods_supported: anyMethod,
      authorization_response_iss_parameter_supported: true,
    },
    scope: 'mcp:tools offline_access',
    access: jwt(okta, {
      aud: 'api://default',
      scp: ['mcp:tools', 'offline_access'],
      cid: flow.clientId,
    }),
    token: { scope: 'mcp:tools offline_access' },
  },
  {
    name: 'Keycloak',
    issuer: realm,
    found: wellKnown(realm),
    metadata: {
      authorization_endpoint: `${realm}/protocol/openid-connect/auth`,
      token_endpoint: `${realm}/protocol/openid-connect/token`,
      registration_endpoint: `${realm}/clients-registrations/openid-connect`,
      scopes_supported: ['openid', 'mcp:tools', 'offline_access'],
      code_challenge_methods_supported: ['plain', 'S256'],
      grant_types_supported: renewing,
      token_endpoint_auth_methods_supported: anyMethod,
      authorization_response_iss_parameter_supported: true,
    },
    registered: {
      registration_access_token: flow.secret('rat_ one'),
      registration_client_uri: `${realm}/clients-registrations/openid-connect/${flow.clientId}`,
    },
    scope: 'mcp:tools',
    access: jwt(realm, {
      aud: [flow.endpoint, 'account'],
      scope: 'mcp:tools',
      azp: flow.clientId,
      typ: 'Bearer',
    }),
    token: { refresh_expires_in: 1800, 'not-before-policy': 0, scope: 'mcp:tools' },
  },
  {
    name: 'Amazon Cognito',
    issuer: pool,
    missed: inVain(pool),
    found: appended(pool),
    metadata: {
      authorization_endpoint: `${hostedUi}/oauth2/authorize`,
      token_endpoint: `${hostedUi}/oauth2/token`,
      jwks_uri: `${pool}/.well-known/jwks.json`,
      ...ofPerson,
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
      response_types_supported: ['code', 'token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    },
    scope: `${flow.endpoint}/tools`,
    access: jwt(pool, {
      client_id: flow.clientId,
      token_use: 'access',
      scope: `${flow.endpoint}/tools`,
    }),
  },
  {
    name: 'Google',
    issuer: 'https://accounts.google.com',
    found: wellKnown('https://accounts.google.com'),
    metadata: {
      authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
      token_endpoint: 'https://oauth2.googleapis.com/token',
      scopes_supported: ['openid', 'email', 'profile'],
      code_challenge_methods_supported: ['plain', 'S256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    },
    secret: true,
    scope: 'openid email',
    access: flow.secret('ya29. one'),
    token: { expires_in: 3599, scope: 'openid https://www.googleapis.com/auth/userinfo.email' },
  },
  {
    name: 'GitHub',
    issuer: 'https://github.com/login/oauth',
    found: wellKnown('https://github.com/login/oauth'),
    metadata: {
      authorization_endpoint: 'https://github.com/login/oauth/authorize',
      token_endpoint: 'https://github.com/login/oauth/access_token',
      scopes_supported: ['repo', 'read:user'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: renewing,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    secret: true,
    scope: 'repo read:user',
    access: flow.secret('gho_ one'),
    token: {
      token_type: 'bearer',
      scope: 'repo,read:user',
      expires_in: undefined,
      refresh_token: undefined,
    },
  },
  {
    name: 'Slack',
    issuer: 'https://slack.com',
    found: wellKnown('https://slack.com'),
    metadata: {
      authorization_endpoint: 'https://slack.com/oauth/v2_user/authorize',
      token_endpoint: 'https://slack.com/api/oauth.v2.user.access',
      scopes_supported: ['search:read', 'chat:write'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: renewing,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    secret: true,
    scope: 'search:read chat:write',
    access: flow.secret('xoxp- one'),
    token: {
      ok: true,
      token_type: 'user',
      scope: 'search:read,chat:write',
      refresh_token: undefined,
    },
  },
]
