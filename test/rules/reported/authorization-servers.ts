import * as flow from '../whole-flow.ts'
import { type Reported, answer, asked, atTwo, preflight, renamed, renewedToken } from './parts.ts'

const { healthy } = flow
const expired = flow.challenge(
  `Bearer error="invalid_token", error_description="The access token expired", resource_metadata="${flow.metadataUrl}"`,
)

const cognito = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool'
const hostedUi = 'https://staging.auth.eu-west-1.amazoncognito.com'

/** Logins that broke by the authorization server. */
export const byAuthorizationServers: readonly Reported[] = [
  {
    thread: 'anthropics/claude-code#29257',
    verdict: 'pass',
    rule: 'refresh/none-issued',
    fault: 'authorization-server',
    http: [
      flow.flowUpTo('list', {
        token: flow.tokenRequest(
          flow.redemption,
          flow.json({
            access_token: flow.firstToken,
            token_type: 'Bearer',
            expires_in: 3599,
            scope: 'mcp:tools',
          }),
        ),
      }),
      atTwo,
      flow.call('tools/list', flow.firstToken, expired),
      renamed([healthy.authorize, healthy.callback, healthy.token].join('\n'), {
        [flow.verifier]: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        Zm9vYmFyYmF6cXV4: 'c2Vjb25kLWxvZ2luLXN0',
        'code_ one': 'code_ two',
        [flow.firstToken]: renewedToken,
      }),
      flow.sessionStart(renewedToken),
    ].join('\n'),
  },
  {
    thread: 'keycloak/keycloak#39629',
    verdict: 'fail',
    rule: 'cors/preflight-rejected',
    fault: 'authorization-server',
    step: 'preflight',
    http: [
      renamed(
        flow.flowUpTo('serverMetadata', {
          challenge: healthy.challenge.replaceAll(
            /\n> accept/g,
            '\n> origin: http://localhost:6274\n> accept',
          ),
        }),
        {
          [`${flow.issuer}/register`]: `${flow.issuer}/realms/r/clients-registrations/openid-connect`,
        },
      ),
      preflight(
        `${flow.issuer}/realms/r/clients-registrations/openid-connect`,
        'http://localhost:6274',
        '< HTTP/1.1 405 Method Not Allowed\n< allow: POST\n< content-length: 0',
      ),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-code#83679',
    verdict: 'fail',
    rule: 'token/error-not-oauth',
    fault: 'authorization-server',
    step: 'token',
    http: [
      flow.flowUpTo('callback', {
        registration: '',
        serverMetadata: flow.get(
          `${flow.issuer}/.well-known/oauth-authorization-server`,
          flow.json(
            flow.serverDocument({
              registration_endpoint: undefined,
              scopes_supported: ['openid', 'profile', 'email', 'uaa.offline_token'],
              token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
            }),
          ),
        ),
        authorize: flow.authorize({
          scope: 'openid profile email uaa.offline_token user_attributes',
        }),
      }),
      flow.tokenRequest(
        { ...flow.redemption, client_secret: flow.secret('cs_ one') },
        flow.json(
          [
            {
              logref: '59ae17fe364f48758731f948b4a55eb8',
              message: "Error : 'Fetch token call failed Bad credentials'",
            },
          ],
          '401 Unauthorized',
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-ai-mcp#309',
    verdict: 'fail',
    hint: 'resource binding',
    rule: 'authorization/endpoint-error-page',
    fault: 'undetermined',
    candidate: 'authorization-server',
    step: 'authorize',
    http: [
      renamed(
        [
          flow.flowUpTo('resourceMetadata'),
          flow.get(
            `${cognito}/.well-known/openid-configuration`,
            flow.json(
              flow.serverDocument({
                issuer: cognito,
                authorization_endpoint: `${hostedUi}/oauth2/authorize`,
                token_endpoint: `${hostedUi}/oauth2/token`,
                jwks_uri: `${cognito}/.well-known/jwks.json`,
                registration_endpoint: undefined,
                authorization_response_iss_parameter_supported: undefined,
                subject_types_supported: ['public'],
                id_token_signing_alg_values_supported: ['RS256'],
              }),
            ),
          ),
        ].join('\n'),
        { [`["${flow.issuer}"]`]: `["${cognito}"]` },
      ),
      renamed(asked({ redirect_uri: 'https://claude.ai/api/mcp/auth_callback' }), {
        [`${flow.issuer}/authorize`]: `${hostedUi}/oauth2/authorize`,
      }),
      answer(
        '400 Bad Request',
        '<html><head><title>Error</title></head><body>An error was encountered with the requested page.</body></html>',
        'text/html',
      ),
    ].join('\n'),
  },
  {
    thread: 'umijs/umi-request#299',
    verdict: 'fail',
    rule: 'token/error-response',
    fault: 'authorization-server',
    step: 'token',
    hint: 'Single-page application',
    http: [
      flow.flowUpTo('callback', { registration: '' }),
      flow.tokenRequest(
        flow.redemption,
        flow.json(
          {
            error: 'invalid_request',
            error_description:
              "AADSTS9002326: Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
            error_codes: [9002326],
          },
          '400 Bad Request',
          '\n< access-control-allow-origin: *',
        ),
        '\n> origin: http://localhost:8000',
      ),
    ].join('\n'),
  },
]
