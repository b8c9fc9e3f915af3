import type { Client } from './client.ts'

export const goSdk: Client = {
  id: 'go-sdk',
  name: 'Go SDK',
  version: '1.7',
  date: '2026-11-30',
  source: 'oauthex and auth of modelcontextprotocol/go-sdk',
  shows: {
    name: /^go-sdk/i,
  },
  checks: [
    {
      check: 'resource',
      how: 'exact',
      source: 'oauthex/resource_meta.go: the resource has to be the URL, character by character',
    },
    { check: 'discovery', how: 'or-origin', source: 'auth/authorization_code.go' },
    { check: 'issuer', how: 'trim-slash', source: 'internal/authutil' },
    { check: 'secure-endpoints', how: 'all', source: 'oauthex/oauth2.go' },
    { check: 'pkce', how: 'listed', source: 'auth/authorization_code.go' },
    { check: 'registration', how: { document: 'any' }, source: 'auth/authorization_code.go' },
    { check: 'iss', how: 'only-advertised', source: 'auth/authorization_code.go' },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'The Go SDK wants resource to be the server URL itself, character by character.',
    'authorization/iss-invalid':
      'The Go SDK refuses every iss where authorization_response_iss_parameter_supported is not true, a right one as well.',
  },
}
