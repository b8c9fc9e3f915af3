import { describe } from 'vitest'
import notRouted from '../../../rules/intermediary/wellknown-not-routed.ts'
import { testExamples } from '../examples.ts'
import { call, challenge } from './gateways.ts'

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
