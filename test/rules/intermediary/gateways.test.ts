/** Rules on what gateways do to requests and answers. */
import { describe } from 'vitest'
import cached from '../../../rules/intermediary/cached-auth-response.ts'
import tooLarge from '../../../rules/intermediary/header-too-large.ts'
import altered from '../../../rules/intermediary/www-authenticate-altered.ts'
import notRouted from '../../../rules/intermediary/wellknown-not-routed.ts'
import { testExamples } from '../examples.ts'

const call = (answer: string, token = '') => `
          > POST https://mcp.example/mcp${token === '' ? '' : `\n          > authorization: Bearer ${token}`}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          ${answer}
`
const challenge = (fields: string) => `< HTTP/1.1 401 Unauthorized\n          ${fields}`
const metadata = (fields: string, scope = 'a') => `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          ${fields}

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["${scope}"]}
`

describe('intermediary/www-authenticate-altered', () => {
  testExamples(altered, {
    good: [
      {
        name: 'the application itself forgets the field for a refused token',
        http: `${call(challenge('< server: uvicorn\n          < www-authenticate: Bearer'))}${call(challenge('< server: uvicorn'), '${secret at_}')}`,
      },
    ],
    bad: [
      {
        name: 'the challenge is gone from an answer of the gateway',
        http: `${call(challenge('< server: uvicorn\n          < www-authenticate: Bearer'))}${call(challenge('< server: awselb/2.0'), '${secret at_}')}`,
        expect: { variant: 'removed', severity: 'error' },
      },
    ],
  })
})

describe('intermediary/wellknown-not-routed', () => {
  testExamples(notRouted, {
    good: [
      {
        name: 'nobody says who answers',
        http: `${call(challenge('< www-authenticate: Bearer'))}
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 404 Not Found
          < server: nginx`,
      },
      {
        name: 'the document is found at the place that the challenge names',
        http: `${call(challenge('< server: uvicorn\n          < www-authenticate: Bearer resource_metadata="https://mcp.example/mcp/prm"'))}
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 404 Not Found
          < server: nginx

          > GET https://mcp.example/mcp/prm

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      },
    ],
  })
})

describe('intermediary/header-too-large', () => {
  testExamples(tooLarge, {
    bad: [
      {
        name: 'an empty 400 to a long field, and a 401 without it',
        http: `${call(challenge('< www-authenticate: Bearer'))}${call('< HTTP/1.1 400 Bad Request', 'a'.repeat(9000))}`,
        expect: { severity: 'error', fault: 'undetermined' },
      },
      {
        name: 'a gateway with its status',
        http: call(
          '< HTTP/1.1 494 Request header too large\n          < cf-ray: 1',
          'a'.repeat(9000),
        ),
        expect: { severity: 'error', fault: 'intermediary' },
      },
    ],
  })
})

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
