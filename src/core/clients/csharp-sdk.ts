import type { Client } from './client.ts'

const code =
  'https://github.com/modelcontextprotocol/csharp-sdk/blob/v2.2.0/src/ModelContextProtocol.Core/Authentication/ClientOAuthProvider.cs'

export const csharpSdk: Client = {
  id: 'csharp-sdk',
  name: 'C# SDK',
  version: '2.2',
  date: '2026-11-30',
  source: code,
  shows: {},
  checks: [
    {
      check: 'resource',
      how: 'url-or-origin',
      source: `${code}, VerifyResourceMatch`,
    },
    { check: 'discovery', how: 'or-origin', source: code },
    { check: 'issuer', how: 'exact', source: `${code}, RFC 8414 §3.3` },
    {
      check: 'pkce',
      how: 'listed',
      source: `${code}: a document without the list is passed over`,
    },
    { check: 'registration', how: { document: 'any' }, source: code },
    { check: 'iss', how: 'strict', source: `${code}, ValidateIssuerResponse` },
  ],
}
