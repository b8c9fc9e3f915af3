/** Logins as the known products make them: shapes of metadata, scopes and tokens, in which nothing is wrong. */
import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../../rules/whole-flow.ts'
import { loginOf, ownShapes } from './provider-logins.ts'

const { rules } = await loadRules()

function judge(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

const told = (http: string) => {
  const { verdict, flows, findings } = judge(http)
  const alarms = findings.filter(({ severity }) => severity !== 'info')
  return {
    verdict,
    outcomes: flows.map(({ outcome }) => outcome),
    alarms: alarms.map(({ rule, severity, hint }) => ({ rule, severity, hint })),
  }
}

const passed = { verdict: 'pass', outcomes: ['authorized'] }
/** Strict clients refuse these two, which no login by another client shows. */
const withoutPkce = ['Microsoft Entra ID', 'Amazon Cognito']

test.each(ownShapes.filter(({ name }) => !withoutPkce.includes(name)))(
  'a login at $name gives no error and no warning',
  (shape) => {
    expect(told(loginOf(shape))).toEqual({ ...passed, alarms: [] })
  },
)

test.each(ownShapes.filter(({ name }) => withoutPkce.includes(name)))(
  'a login at $name is only warned of what it does not list, with the word that it knows it',
  (shape) => {
    const hint = expect.stringContaining('supports S256') as string
    expect(told(loginOf(shape))).toEqual({
      ...passed,
      alarms: [{ rule: 'pkce/support-not-advertised', severity: 'warning', hint }],
    })
  },
)

/** Products that differ by their endpoints alone, or little more; the issuer, and what stands behind it. */
const others: [name: string, issuer: string, paths: [string, string, string], more?: object][] = [
  ['Atlassian', 'https://cf.mcp.atlassian.com', ['/v1/authorize', '/v1/token', '/v1/register']],
  ['Notion', 'https://mcp.notion.com', ['/authorize', '/token', '/register']],
  ['Linear', 'https://mcp.linear.app', ['/authorize', '/token', '/register']],
  [
    'Stripe',
    'https://access.stripe.com/mcp',
    ['/oauth2/authorize', '/oauth2/token', '/oauth2/register'],
  ],
  [
    'WorkOS AuthKit',
    'https://x.authkit.app',
    ['/oauth2/authorize', '/oauth2/token', '/oauth2/register'],
    { client_id_metadata_document_supported: true },
  ],
  [
    'Stytch',
    'https://test.stytch.com/v1/public/p1',
    ['/oauth2/authorize', '/oauth2/token', '/oauth2/register'],
  ],
  ['Descope', 'https://api.descope.com/v1/apps/p1', ['/authorize', '/token', '/register']],
  [
    'Clerk',
    'https://x.clerk.accounts.dev',
    ['/oauth/authorize', '/oauth/token', '/oauth/register'],
  ],
  [
    'Supabase',
    'https://abc.supabase.co/auth/v1',
    ['/oauth/authorize', '/oauth/token', '/oauth/clients/register'],
  ],
  [
    'Figma',
    'https://api.figma.com',
    ['/oauth/mcp', '/v1/oauth/token', '/v1/oauth/mcp/register'],
    { require_state_parameter: true },
  ],
  [
    'Salesforce',
    'https://login.salesforce.com',
    ['/services/oauth2/authorize', '/services/oauth2/token', '/services/oauth2/register'],
  ],
  [
    'workers-oauth-provider',
    'https://mcp.me.workers.dev',
    ['/authorize', '/token', '/register'],
    {
      revocation_endpoint: 'https://mcp.me.workers.dev/token',
      code_challenge_methods_supported: ['plain', 'S256'],
    },
  ],
  [
    'Cloudflare Access',
    'https://team.cloudflareaccess.com',
    [
      '/cdn-cgi/access/oauth/authorization',
      '/cdn-cgi/access/oauth/token',
      '/cdn-cgi/access/oauth/registration',
    ],
  ],
  [
    'better-auth',
    'https://app.example/api/auth',
    ['/mcp/authorize', '/mcp/token', '/mcp/register'],
    { scopes_supported: ['openid', 'profile', 'email', 'offline_access'] },
  ],
  [
    'oidc-provider',
    'https://app.example/oidc',
    ['/auth', '/token', '/reg'],
    { authorization_response_iss_parameter_supported: true },
  ],
  ['FastMCP', 'https://x.fastmcp.app', ['/authorize', '/token', '/register']],
  ['OAuth2 Proxy in front', 'https://id.proxy.example', ['/authorize', '/token', '/register']],
  ["the SDK's own server", 'https://mcp.example', ['/authorize', '/token', '/register']],
]

test.each(others)('a login at %s gives no error and no warning', (name, issuer, paths, more) => {
  const [authorize, token, register] = paths
  const { origin, pathname } = new URL(issuer)
  const http = loginOf({
    ...{ name, issuer },
    found: `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`,
    metadata: {
      authorization_endpoint: issuer + authorize,
      token_endpoint: issuer + token,
      registration_endpoint: issuer + register,
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      ...more,
    },
    registered: { client_id_issued_at: 1767268803 },
    access: flow.secret('at_ opaque'),
  })
  expect(told(http)).toEqual({ ...passed, alarms: [] })
})

test('a manner of a product is a warning at another, and where something breaks by it an error', () => {
  const github = loginOf(ownShapes.find(({ name }) => name === 'GitHub')!)
  const elsewhere = github.replaceAll('https://github.com/login/oauth', 'https://id.example/oauth')
  const moved = elsewhere.replaceAll(
    'https://github.com/.well-known',
    'https://id.example/.well-known',
  )
  expect(told(moved).alarms).toMatchObject([{ rule: 'scope/malformed', severity: 'warning' }])
})
