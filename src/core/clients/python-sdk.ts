import type { Client } from './client.ts'

export const pythonSdk: Client = {
  id: 'python-sdk',
  name: 'Python SDK',
  version: '2.3.0',
  date: '2026-11-30',
  source: 'the source of mcp 2.3.0 (Python)',
  shows: {
    name: /^mcp$/,
  },
  checks: [
    { check: 'resource', how: 'prefix', source: 'shared/auth_utils.py, check_resource_allowed' },
    { check: 'discovery', how: 'or-origin', source: 'client/auth/utils.py' },
    { check: 'issuer', how: 'exact', source: 'client/auth/utils.py, issuer validation' },
    { check: 'schema', how: 'python', source: 'shared/auth.py, OAuthMetadata' },
    { check: 'registration', how: { document: 'any' }, source: 'client/auth/oauth2.py' },
    { check: 'iss', how: 'strict', source: 'client/auth/oauth2.py, RFC 9207' },
    {
      check: 'token-answer',
      how: 'bearer',
      source: 'shared/auth.py, OAuthToken: token_type is Bearer',
    },
  ],
  hints: {
    'discovery/asm-issuer-mismatch':
      'The Python SDK compares issuers character by character, a slash at the end included.',
    'token/response-invalid':
      'The Python SDK takes no other token_type than Bearer, in any case of letters.',
  },
}
