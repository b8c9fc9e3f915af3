import * as flow from '../whole-flow.ts'
import { type Reported, answer, asked, atTwo, renamed } from './parts.ts'

const { healthy } = flow
const tenant = 'https://login.microsoftonline.com/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10'
const entraToken = flow.jwt({
  iss: 'https://sts.windows.net/9f8b3c52-0d0e-4c7a-9a64-6f4a1d2f7c10/',
  ver: '1.0',
})

/** Further logins that broke by the authorization server. */
export const byFurtherAuthorizationServers: readonly Reported[] = [
  {
    thread: 'slackapi/slack-skills-plugin#2',
    verdict: 'pass',
    rule: 'refresh/none-issued',
    fault: 'authorization-server',
    http: [
      renamed(
        flow.flowUpTo('list', {
          token: flow.tokenRequest(
            flow.redemption,
            flow.json({
              access_token: flow.secret('at_ slack'),
              token_type: 'Bearer',
              expires_in: 3599,
              scope: 'mcp:tools',
            }),
          ),
        }),
        { [flow.firstToken]: flow.secret('at_ slack') },
      ),
      atTwo,
      flow.call(
        'tools/list',
        flow.secret('at_ slack'),
        flow.challenge(
          `Bearer error="invalid_token", error_description="The access token expired", resource_metadata="${flow.metadataUrl}"`,
        ),
      ),
    ].join('\n'),
  },
  {
    thread: 'Blazity/ai-workflow#298',
    verdict: 'fail',
    rule: 'refresh/offline-access-misplaced',
    fault: 'client',
    step: 'authorize',
    http: [
      flow.flowUpTo('registration'),
      flow.authorize({ scope: 'mcp:tools offline_access' }),
      `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_scope&error_description=The+following+scopes+are+invalid%3A+offline_access&state=Zm9vYmFyYmF6cXV4&iss=${encodeURIComponent(flow.issuer)}
`,
    ].join('\n'),
  },
  {
    thread: 'atlassian/atlassian-mcp-server#254',
    verdict: 'fail',
    rule: 'authorization/endpoint-error-page',
    fault: 'authorization-server',
    step: 'authorize',
    http: [
      renamed(flow.flowUpTo('registration'), {
        [flow.redirectUri]: 'https://app.example-corp.com/api/plugins/atlassian/oauth/callback',
        '"application_type":"native"': '"application_type":"web"',
      }),
      asked({ redirect_uri: 'https://app.example-corp.com/api/plugins/atlassian/oauth/callback' }),
      answer(
        '200 OK',
        '<!doctype html><title>Authorize app</title><h1>Your admin has blocked this domain</h1><p>Your organization admin must allow app.example-corp.com before you can connect.</p>',
        'text/html; charset=utf-8',
      ),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-ai-mcp#306',
    verdict: 'fail',
    rule: 'registration/no-usable-mechanism',
    fault: 'authorization-server',
    step: 'server-metadata',
    http: [
      healthy.challenge,
      flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ authorization_servers: [`${tenant}/v2.0`] })),
      ),
      flow.get(
        `${tenant}/v2.0/.well-known/openid-configuration`,
        flow.json({
          issuer: `${tenant}/v2.0`,
          authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `${tenant}/oauth2/v2.0/token`,
          jwks_uri: `${tenant}/discovery/v2.0/keys`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
        }),
      ),
      renamed(healthy.registration, { [flow.issuer]: 'https://login.microsoftonline.com' }).replace(
        /< HTTP[^]*/,
        answer('404 Not Found', ''),
      ),
    ].join('\n'),
  },
  {
    thread: 'atlassian/atlassian-mcp-server#205',
    verdict: 'fail',
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'authorization-server',
    step: 'server-metadata',
    http: flow.flowUpTo('serverMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(
          flow.resourceDocument({ authorization_servers: ['https://auth.atlassian.example/app7'] }),
        ),
      ),
      serverMetadata: flow.get(
        'https://auth.atlassian.example/.well-known/oauth-authorization-server/app7',
        flow.json(
          flow.serverDocument({
            issuer: 'https://auth.atlassian.example',
            authorization_endpoint: 'https://auth.atlassian.example/authorize',
            token_endpoint: 'https://auth.atlassian.example/oauth/token',
            registration_endpoint: 'https://auth.atlassian.example/app7/dcr/register',
          }),
        ),
      ),
    }),
  },
  {
    thread: 'AzureAD/microsoft-authentication-library-for-python#600',
    verdict: 'fail',
    rule: 'claims/issuer-mismatch',
    fault: 'authorization-server',
    step: 'token',
    hint: 'requestedAccessTokenVersion',
    http: [
      healthy.challenge,
      flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ authorization_servers: [`${tenant}/v2.0`] })),
      ),
      flow.get(
        `${tenant}/v2.0/.well-known/openid-configuration`,
        flow.json({
          issuer: `${tenant}/v2.0`,
          authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `${tenant}/oauth2/v2.0/token`,
          jwks_uri: `${tenant}/discovery/v2.0/keys`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
        }),
      ),
      ...[healthy.authorize, healthy.callback].map((http) =>
        renamed(http, {
          [`${flow.issuer}/authorize`]: `${tenant}/oauth2/v2.0/authorize`,
          [encodeURIComponent(flow.issuer)]: encodeURIComponent(`${tenant}/v2.0`),
        }),
      ),
      renamed(
        flow.tokenRequest(
          flow.redemption,
          flow.json({ access_token: entraToken, token_type: 'Bearer', expires_in: 3600 }),
        ),
        { [`${flow.issuer}/token`]: `${tenant}/oauth2/v2.0/token` },
      ),
      flow
        .sessionStart(
          entraToken,
          flow.challenge('Bearer error="invalid_token", error_description="Invalid issuer"'),
        )
        .split('\n\n> POST')[0]!,
    ].join('\n'),
  },
]
