import type { Client } from './client.ts'

const auth = 'client/auth.js of @modelcontextprotocol/sdk 1.32.2'

/** The checks of the TypeScript SDK 1, which many programs are built on. */
export const version1 = [
  { check: 'challenge', how: 'first-scheme', source: `${auth}, extractWWWAuthenticateParams` },
  { check: 'resource', how: 'prefix', source: 'shared/auth-utils.js, checkResourceAllowed' },
  { check: 'discovery', how: 'or-origin', source: `${auth}, authInternal` },
  { check: 'schema', how: 'typescript', source: 'shared/auth.js, OAuthMetadataSchema' },
  { check: 'registration', how: { document: 'any' }, source: `${auth}, authInternal` },
  { check: 'pkce', how: 'not-excluded', source: `${auth}, startAuthorization` },
  { check: 'token-answer', how: 'any-type', source: 'shared/auth.js, OAuthTokensSchema' },
] as const satisfies Client['checks']

const v2 = 'the source of @modelcontextprotocol/client 2.4.0'

export const version2 = [
  { check: 'challenge', how: 'first-scheme', source: `${v2}, extractWWWAuthenticateParams` },
  { check: 'resource', how: 'prefix', source: `${v2}, checkResourceAllowed` },
  { check: 'discovery', how: 'or-origin', source: `${v2}, discoverOAuthServerInfo` },
  { check: 'issuer', how: 'slash-in-list', source: `${v2}, issuer validation` },
  { check: 'schema', how: 'typescript', source: `${v2}, OAuthMetadataSchema` },
  { check: 'secure-endpoints', how: 'token', source: `${v2}, token endpoint guard` },
  { check: 'registration', how: { document: 'any' }, source: `${v2}, authInternal` },
  { check: 'pkce', how: 'not-excluded', source: `${v2}, startAuthorization` },
  { check: 'iss', how: 'strict', source: `${v2}, the table of RFC 9207` },
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
