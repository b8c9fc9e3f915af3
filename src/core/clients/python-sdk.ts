import type { Client } from './client.ts'

const code = 'https://pypi.org/project/mcp/2.3.0/, mcp'

export const pythonSdk: Client = {
  id: 'python-sdk',
  name: 'Python SDK',
  version: '2.3.0',
  date: '2026-11-30',
  source: code,
  shows: {
    name: /^mcp$/,
  },
  checks: [
    {
      check: 'resource',
      how: 'prefix',
      source: `${code}/shared/auth_utils.py, check_resource_allowed`,
    },
    { check: 'discovery', how: 'or-origin', source: `${code}/client/auth/utils.py` },
    {
      check: 'issuer',
      how: 'exact',
      source: `${code}/client/auth/utils.py, validate_metadata_issuer`,
    },
    { check: 'schema', how: 'python', source: `${code}/shared/auth.py, OAuthMetadata` },
    { check: 'registration', how: { document: 'any' }, source: `${code}/client/auth/oauth2.py` },
    {
      check: 'iss',
      how: 'strict',
      source: `${code}/client/auth/utils.py, validate_authorization_response_iss`,
    },
    {
      check: 'token-answer',
      how: 'bearer',
      source: `${code}/shared/auth.py, OAuthToken: token_type is Bearer`,
    },
  ],
  hints: {
    'discovery/asm-issuer-mismatch':
      'The Python SDK compares issuers character by character, a slash at the end included.',
    'token/response-invalid':
      'The Python SDK takes no other token_type than Bearer, in any case of letters.',
  },
}
