import { expect, test } from 'vitest'
import { providerOf, providers } from '../../../src/core/providers/known.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../../rules/whole-flow.ts'

const { rules } = await loadRules()

/** An issuer of each product, something that it refuses, and a word of the advice. */
const cases: [name: string, issuer: string, rule: string, advice: string][] = [
  [
    'Microsoft Entra ID',
    'https://login.microsoftonline.com/t1/v2.0',
    'AADSTS7000218',
    'public client flows',
  ],
  [
    'Auth0',
    'https://tenant.eu.auth0.com',
    'Service not found: https://mcp.example/mcp',
    'create one under',
  ],
  ['Okta', 'https://dev-1.okta.com/oauth2/default', 'no_matching_policy', 'Access Policies'],
  [
    'Keycloak',
    'https://id.example/realms/main',
    "Policy 'Trusted Hosts' rejected request",
    'Trusted Hosts',
  ],
  [
    'Amazon Cognito',
    'https://cognito-idp.eu-west-1.amazonaws.com/pool',
    'redirect_mismatch',
    'Allowed callback URLs',
  ],
  ['Google', 'https://accounts.google.com', 'redirect_uri_mismatch', 'Authorized redirect URIs'],
  ['GitHub', 'https://github.com/login/oauth', 'bad_verification_code', 'after ten minutes'],
  [
    'Slack',
    'https://mcp.slack.com',
    'redirect_uri did not match any configured URIs',
    'Redirect URLs',
  ],
  ['Salesforce', 'https://login.salesforce.com', 'OAUTH_APP_ACCESS_DENIED', 'IP restrictions'],
  ['Supabase', 'https://abc.supabase.co/auth/v1', 'Unrecognized client_id', 'register anew'],
]

/** A healthy login at this issuer. */
function at(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname
  const places = `${flow.issuer}/.well-known/oauth-authorization-server`
  return Object.values(flow.healthy)
    .join('\n')
    .replaceAll(places, `${origin}/.well-known/oauth-authorization-server${path}`)
    .replaceAll(encodeURIComponent(flow.issuer), encodeURIComponent(issuer))
    .replaceAll(flow.issuer, issuer)
}

function report(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

const issuers: [string, string][] = [
  ...cases.map(([name, issuer]): [string, string] => [name, issuer]),
  ['Atlassian', 'https://mcp.atlassian.com'],
  ['Notion', 'https://mcp.notion.com'],
  ['Linear', 'https://mcp.linear.app'],
  ['Stripe', 'https://access.stripe.com/mcp'],
  ['WorkOS AuthKit', 'https://x.authkit.app'],
  ['Stytch', 'https://test.stytch.com/v1/public/p1'],
  ['Descope', 'https://api.descope.com/v1/apps/p1'],
  ['Clerk', 'https://x.clerk.accounts.dev'],
  ['Figma', 'https://api.figma.com'],
  ['Cloudflare', 'https://mcp.me.workers.dev'],
  ['better-auth', 'https://app.example/api/auth'],
  ['oidc-provider', 'https://app.example/oidc'],
  ['FastMCP', 'https://x.fastmcp.app'],
  ['Ory', 'https://p.projects.oryapis.com'],
]

test.each(issuers)('a healthy login at %s is silent', (name, issuer) => {
  expect(providerOf(issuer)?.name).toBe(name)
  const { findings, verdict } = report(at(issuer))
  const alarms = findings.filter(({ severity }) => severity !== 'info')
  expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(verdict).toBe('pass')
})

test.each(cases)('%s: what it refuses with leads to the setting', (_, issuer, words, advice) => {
  const http = at(issuer)
  const begin = http.slice(0, http.indexOf(`\n> POST ${issuer}/token`))
  const answer = flow.json(
    { error: 'invalid_request', error_description: words },
    '400 Bad Request',
  )
  const failed = flow.tokenRequest(flow.redemption, answer, '').replaceAll(flow.issuer, issuer)
  const { findings } = report(begin + failed)
  expect(findings.map(({ hint = '' }) => hint).join('\n')).toContain(advice)
})

/** Failures that a code does not tell, and what is known of them at the product. */
test.each([
  ['Notion', 'https://mcp.notion.com', 'refresh/rotated-token-reused', 'store the new one'],
  ['Figma', 'https://api.figma.com', 'registration/rejected', 'exact client_name'],
  [
    'Stytch',
    'https://test.stytch.com/v1/public/p1',
    'registration/rejected',
    'Dynamic Client Registration',
  ],
  ['Descope', 'https://api.descope.com/v1/apps/p1', 'registration/rejected', 'Descope Console'],
  ['WorkOS AuthKit', 'https://x.authkit.app', 'registration/rejected', 'WorkOS Dashboard'],
  ['Clerk', 'https://x.clerk.accounts.dev', 'registration/rejected', 'Clerk Dashboard'],
  ['oidc-provider', 'https://app.example/oidc', 'registration/rejected', 'features.registration'],
  ['Ory', 'https://p.projects.oryapis.com', 'registration/rejected', 'dynamic_client_registration'],
])('%s: a refused step gets its advice', (name, issuer, rule, advice) => {
  const provider = providers.find((one) => one.name === name)!
  expect(provider.advice[rule]).toContain(advice)
  if (rule !== 'registration/rejected') return
  const http = at(issuer)
  const begin = http.slice(0, http.indexOf(`\n> POST ${issuer}/register`))
  const registration = flow.healthy.registration.replaceAll(flow.issuer, issuer)
  const refused = registration.replace(
    /< HTTP[^]*$/,
    flow.json({ error: 'access_denied', error_description: 'not allowed' }, '403 Forbidden'),
  )
  const found = report(begin + refused).findings.find((one) => one.rule === rule)
  expect(found?.hint).toContain(advice)
})

test('advice is for rules that exist, and says where it is from', () => {
  const ids = new Set(rules.map(({ id }) => id))
  for (const { name, date, source, advice } of providers) {
    expect([name, source].filter((text) => text === '')).toEqual([])
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(Object.keys(advice).filter((id) => !ids.has(id))).toEqual([])
  }
})
