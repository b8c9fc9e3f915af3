import { describe } from 'vitest'
import cached from '../../../rules/intermediary/cached-auth-response.ts'
import { testExamples } from '../examples.ts'
import { call, challenge } from './gateways.ts'

const metadata = (fields: string, scope = 'a') => `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          ${fields}

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["${scope}"]}
`

describe('intermediary/cached-auth-response', () => {
  testExamples(cached, {
    good: [
      {
        name: 'a challenge for anybody, a minute old',
        http: call(challenge('< www-authenticate: Bearer\n          < age: 60')),
      },
      {
        name: 'the cache had nothing',
        http: metadata('< cf-cache-status: DYNAMIC\n          < x-cache: Miss from cloudfront'),
      },
    ],
    bad: [
      {
        name: 'a registration out of a cache',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"]}

          < HTTP/1.1 201 Created
          < cache-status: Edge; hit

          {"client_id":"app"}`,
        expect: { variant: 'registration', severity: 'error' },
      },
      {
        name: 'metadata two hours old',
        http: metadata('< age: 7200'),
        expect: { variant: 'stale-metadata', severity: 'info' },
      },
      {
        name: 'metadata in two versions',
        http: `${metadata('< cf-cache-status: HIT')}${metadata('< cf-cache-status: MISS', 'b')}`,
        expect: { variant: 'stale-metadata', severity: 'warning' },
      },
    ],
  })
})
