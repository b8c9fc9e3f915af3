import type { Client } from './client.ts'

const auth = 'auth.rs of rmcp 3.1.4'

/** The checks of the Rust SDK, which Codex is built on. */
export const rmcp = [
  {
    check: 'metadata-origin',
    how: 'same',
    source: `${auth}, resource_metadata has to be same-origin`,
  },
  { check: 'resource', how: 'prefix', source: `${auth}, resource check` },
  { check: 'discovery', how: 'or-origin', source: `${auth}, discovery` },
  { check: 'issuer', how: 'normalised', source: `${auth}, issuer check` },
  { check: 'registration', how: { document: 'any' }, source: `${auth}, registration` },
  { check: 'iss', how: 'strict', source: `${auth}, RFC 9207` },
  { check: 'token-answer', how: 'any-type', source: 'the oauth2 crate' },
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
