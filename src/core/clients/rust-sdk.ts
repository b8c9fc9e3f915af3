import type { Client } from './client.ts'

const auth =
  'https://github.com/modelcontextprotocol/rust-sdk/blob/rmcp-v3.1.4/crates/rmcp/src/transport/auth.rs'

/** The checks of the Rust SDK, which Codex is built on. */
export const rmcp = [
  {
    check: 'metadata-origin',
    how: 'same',
    source: `${auth}, is_same_origin_resource_metadata_url`,
  },
  { check: 'resource', how: 'prefix', source: `${auth}, is_resource_identifier_valid` },
  {
    check: 'discovery',
    how: 'or-origin',
    source: `${auth}, discover_oauth_server_via_resource_metadata`,
  },
  { check: 'issuer', how: 'normalised', source: `${auth}, issuer_identifiers_match` },
  { check: 'registration', how: { document: 'any' }, source: auth },
  { check: 'iss', how: 'strict', source: `${auth}, validate_authorization_response_issuer` },
  {
    check: 'token-answer',
    how: 'any-type',
    source: 'https://docs.rs/oauth2/latest/oauth2/struct.StandardTokenResponse.html',
  },
] as const satisfies Client['checks']

export const rustSdk: Client = {
  id: 'rust-sdk',
  name: 'Rust SDK (rmcp)',
  version: '3.1.4',
  date: '2026-11-30',
  source: auth,
  shows: { name: /^rmcp/i },
  checks: rmcp,
}
