import type { Client } from './client.ts'

export const csharpSdk: Client = {
  id: 'csharp-sdk',
  name: 'C# SDK',
  version: '2.2',
  date: '2026-11-30',
  source: 'ClientOAuthProvider.cs of modelcontextprotocol/csharp-sdk',
  shows: {
    name: /^\.net|csharp/i,
  },
  checks: [
    {
      check: 'resource',
      how: 'url-or-origin',
      source: 'ClientOAuthProvider.cs, VerifyResourceMatch',
    },
    { check: 'discovery', how: 'or-origin', source: 'ClientOAuthProvider.cs' },
    { check: 'issuer', how: 'exact', source: 'ClientOAuthProvider.cs, issuer check' },
    {
      check: 'pkce',
      how: 'listed',
      source: 'ClientOAuthProvider.cs: a document without the list is passed over',
    },
    { check: 'registration', how: { document: 'any' }, source: 'ClientOAuthProvider.cs' },
    { check: 'iss', how: 'strict', source: 'ClientOAuthProvider.cs, RFC 9207' },
  ],
}
