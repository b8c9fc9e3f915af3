import type { Client } from './client.ts'

const code = 'https://github.com/modelcontextprotocol/go-sdk/blob/main'

export const goSdk: Client = {
  id: 'go-sdk',
  name: 'Go SDK',
  version: '1.7',
  date: '2026-11-30',
  source: code,
  shows: {},
  checks: [
    {
      check: 'resource',
      how: 'exact-or-root',
      source: `${code}/oauthex/resource_meta.go: the URL, or its origin where the document is at the root`,
    },
    { check: 'discovery', how: 'or-origin', source: `${code}/auth/authorization_code.go` },
    { check: 'issuer', how: 'trim-slash', source: `${code}/internal/authutil/util.go` },
    { check: 'secure-endpoints', how: 'all', source: `${code}/oauthex/auth_meta.go` },
    { check: 'pkce', how: 'listed', source: `${code}/oauthex/auth_meta.go` },
    {
      check: 'registration',
      how: { document: 'any' },
      source: `${code}/auth/authorization_code.go`,
    },
    { check: 'iss', how: 'only-advertised', source: `${code}/auth/authorization_code.go` },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'The Go SDK wants resource to be the server URL itself, character by character, or its origin where the document is at the root.',
    'authorization/iss-invalid':
      'The Go SDK refuses every iss where authorization_response_iss_parameter_supported is not true, a right one as well.',
  },
}
