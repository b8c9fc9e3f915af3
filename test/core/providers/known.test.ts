import { expect, test } from 'vitest'
import { providerHint, providerOf } from '../../../src/core/providers/known.ts'

test.each([
  ['Auth0', 'https://tenant.eu.auth0.com/'],
  ['Microsoft Entra ID', 'https://login.microsoftonline.com/common/v2.0'],
  ['Microsoft Entra ID', 'https://sts.windows.net/tid/'],
  ['Okta', 'https://dev-1.okta.com/oauth2/default'],
  ['Amazon Cognito', 'https://cognito-idp.eu-west-1.amazonaws.com/pool'],
  ['Google', 'https://accounts.google.com'],
  ['Supabase', 'https://abc.supabase.co/auth/v1'],
  ['WorkOS AuthKit', 'https://x.authkit.app'],
  ['Stytch', 'https://test.stytch.com/v1/public/p'],
  ['Stytch', 'https://some-word-1234.customers.stytch.dev'],
  ['Supabase', 'https://api.supabase.com/v1/oauth'],
  ['oidc-provider', 'https://tenant.logto.app/oidc'],
  ['oidc-provider', 'https://op.example/oidc/reg'],
  ['Ory', 'https://p.projects.oryapis.com'],
  ['Keycloak', 'http://localhost:8080/realms/main'],
])('%s is known by its issuer %s', (name, issuer) => {
  expect(providerOf(issuer)?.name).toBe(name)
})

test.each([
  'https://notauth0.com',
  'https://auth0.com.evil.example',
  'https://org.onelogin.com/oidc/2',
  'https://as.example',
  'as',
  '',
])('%j is nobody known', (issuer) => expect(providerOf(issuer)).toBeUndefined())

test('advice is there only where something is known', () => {
  expect(providerHint('https://x.auth0.com', 'audience/aud-mismatch').hint).toContain('Auth0')
  expect(providerHint('https://x.auth0.com', 'pkce/verifier-missing')).toEqual({})
  expect(providerHint('https://x.auth0.com', '__proto__')).toEqual({})
  expect(providerHint(undefined, 'audience/aud-mismatch')).toEqual({})
})
