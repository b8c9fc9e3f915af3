import type { Client } from './client.ts'

const code = 'https://www.npmjs.com/package/@ai-sdk/mcp/v/2.0.99?activeTab=code, src/tool'

export const aiSdk: Client = {
  id: 'ai-sdk',
  name: 'AI SDK',
  version: '2.0.99',
  date: '2026-11-30',
  source: code,
  shows: {
    agent: /^ai-sdk\//i,
    name: /^ai-sdk-mcp-client$/,
  },
  checks: [
    {
      check: 'challenge',
      how: ['bearer'],
      source: `${code}/oauth.ts, extractWWWAuthenticateParams`,
    },
    { check: 'resource', how: 'prefix', source: `${code}/oauth.ts, checkResourceAllowed` },
    { check: 'discovery', how: 'or-origin', source: `${code}/oauth.ts, authInternal` },
    {
      check: 'issuer',
      how: 'slash-at-root',
      source: `${code}/oauth.ts, assertMetadataIssuerMatches`,
    },
    { check: 'schema', how: 'typescript', source: `${code}/oauth-types.ts, OAuthMetadataSchema` },
    {
      check: 'registration',
      how: { document: 'never' },
      source: `${code}/oauth.ts, registerClient`,
    },
    { check: 'pkce', how: 'listed', source: `${code}/oauth.ts, startAuthorization` },
    {
      check: 'iss',
      how: 'only-present',
      source: `${code}/oauth.ts, validateAuthorizationResponseIssuer`,
    },
    { check: 'token-answer', how: 'any-type', source: `${code}/oauth-types.ts, OAuthTokensSchema` },
  ],
}
