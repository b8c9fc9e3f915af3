import type { Client } from './client.ts'

const v1 =
  'https://www.npmjs.com/package/@modelcontextprotocol/sdk/v/1.32.2?activeTab=code, dist/esm'
const auth = `${v1}/client/auth.js`

/** The checks of the TypeScript SDK 1, which many programs are built on. */
export const version1 = [
  { check: 'challenge', how: ['bearer'], source: `${auth}, extractWWWAuthenticateParams` },
  { check: 'resource', how: 'prefix', source: `${v1}/shared/auth-utils.js, checkResourceAllowed` },
  { check: 'discovery', how: 'or-origin', source: `${auth}, authInternal` },
  { check: 'schema', how: 'typescript', source: `${v1}/shared/auth.js, OAuthMetadataSchema` },
  { check: 'registration', how: { document: 'any' }, source: `${auth}, authInternal` },
  { check: 'pkce', how: 'not-excluded', source: `${auth}, startAuthorization` },
  { check: 'token-answer', how: 'any-type', source: `${v1}/shared/auth.js, OAuthTokensSchema` },
] as const satisfies Client['checks']

const v2 = 'https://www.npmjs.com/package/@modelcontextprotocol/client/v/2.4.0?activeTab=code'

export const version2 = [
  { check: 'challenge', how: ['bearer', 'dpop'], source: `${v2}, extractWWWAuthenticateParams` },
  { check: 'resource', how: 'prefix', source: `${v2}, checkResourceAllowed` },
  { check: 'discovery', how: 'or-origin', source: `${v2}, discoverOAuthServerInfo` },
  { check: 'issuer', how: 'slash-in-list', source: `${v2}, discoverAuthorizationServerMetadata` },
  { check: 'schema', how: 'typescript', source: `${v2}, OAuthMetadataSchema` },
  { check: 'secure-endpoints', how: 'token', source: `${v2}, InsecureTokenEndpointError` },
  { check: 'registration', how: { document: 'any' }, source: `${v2}, authInternal` },
  { check: 'pkce', how: 'not-excluded', source: `${v2}, startAuthorization` },
  { check: 'iss', how: 'strict', source: `${v2}, authorization_response_iss_parameter_supported` },
  { check: 'token-answer', how: 'any-type', source: `${v2}, OAuthTokensSchema` },
] as const satisfies Client['checks']

export const sdkV1: Client = {
  id: 'sdk-v1',
  name: 'TypeScript SDK 1',
  version: '1.32.2',
  date: '2026-11-30',
  source: auth,
  shows: {},
  checks: version1,
}

export const sdkV2: Client = {
  id: 'sdk-v2',
  name: 'TypeScript SDK 2',
  version: '2.4.0',
  date: '2026-11-30',
  source: v2,
  shows: {},
  checks: version2,
}
