import * as flow from '../whole-flow.ts'
import { type Reported, answer, asked, renamed } from './parts.ts'

const { healthy } = flow

/** Logins that broke by their client. */
export const byClients: readonly Reported[] = [
  {
    thread: 'n8n-io/n8n#21791',
    verdict: 'fail',
    rule: 'authorization/redirect-uri-unregistered',
    fault: 'client',
    step: 'authorize',
    http: [
      renamed(flow.flowUpTo('registration'), {
        [flow.redirectUri]: 'https://visor.app.n8n.cloud/rest/oauth2-credential/callback',
        '"application_type":"native"': '"application_type":"web"',
      }),
      asked({ redirect_uri: 'https://oauth.n8n.cloud/oauth2/callback' }),
      answer('400 Bad Request', 'Client authentication failed: Invalid redirect_uri'),
    ].join('\n'),
  },
  {
    thread: 'anthropics/claude-code#36743',
    verdict: 'fail',
    rule: 'discovery/client-ignored-advertised-endpoints',
    fault: 'client',
    step: 'registration',
    http: [
      flow.flowUpTo('serverMetadata', {
        serverMetadata: flow.get(
          `${flow.issuer}/.well-known/oauth-authorization-server`,
          flow.json(
            flow.serverDocument({ registration_endpoint: `${flow.issuer}/oauth/register` }),
          ),
        ),
      }),
      healthy.registration.replace(/< HTTP[^]*/, answer('404 Not Found', 'Not Found')),
    ].join('\n'),
  },
  {
    thread: 'openai/codex#37387',
    verdict: 'fail',
    rule: 'discovery/prm-resource-not-identical',
    fault: 'undetermined',
    candidate: 'client',
    step: 'resource-metadata',
    http: renamed(flow.flowUpTo('resourceMetadata'), {
      [`> POST ${flow.endpoint}`]: `> POST ${flow.endpoint}?toolCategories=group_a&tools=tool_a,tool_b`,
    }),
  },
  {
    thread: 'microsoft/vscode#259251',
    verdict: 'fail',
    rule: 'discovery/prm-resource-not-identical',
    fault: 'undetermined',
    candidate: 'client',
    step: 'resource-metadata',
    http: renamed(flow.flowUpTo('resourceMetadata'), {
      [`> POST ${flow.endpoint}`]: `> POST ${flow.endpoint}/`,
      [flow.metadataUrl]: `${flow.metadataUrl}/`,
    }),
  },
  {
    thread: 'microsoft/vscode#269593',
    verdict: 'fail',
    rule: 'discovery/asm-missing',
    fault: 'authorization-server',
    step: 'server-metadata',
    http: [
      flow.flowUpTo('resourceMetadata', {
        resourceMetadata: flow.get(
          flow.metadataUrl,
          flow.json(flow.resourceDocument({ authorization_servers: ['https://as.example/auth'] })),
        ),
      }),
      ...[
        'https://as.example/.well-known/oauth-authorization-server/auth',
        'https://as.example/.well-known/openid-configuration/auth',
        'https://as.example/auth/.well-known/openid-configuration',
        'https://mcp.example/.well-known/oauth-authorization-server',
      ].map((url) => flow.get(url, flow.notFound)),
      renamed(asked({}), { [flow.issuer]: 'https://mcp.example' }),
      answer('404 Not Found', 'Not Found'),
    ].join('\n'),
  },
]
