import rule from '../../../rules/discovery/endpoint-unreachable.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  bad: [
    {
      name: 'no route to the only host there is',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        ! tcp ETIMEDOUT`,
      expect: { variant: 'timeout', fault: 'intermediary' },
    },
    {
      name: 'a certificate of an unknown authority',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        ! tls SELF_SIGNED_CERT_IN_CHAIN self-signed certificate in certificate chain`,
      expect: { variant: 'tls-certificate', fault: 'undetermined' },
    },
    {
      name: 'a host that answered a moment before resets the connection',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        ! http ECONNRESET read ECONNRESET

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'reset', severity: 'warning' },
    },
    {
      name: 'a host that answered a moment before is gone for good',
      http: `
        > POST https://as.example/register
        > content-type: application/json

        {"redirect_uris":["http://127.0.0.1:1/cb"]}

        < HTTP/1.1 201 Created

        {"client_id":"app"}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        ! tcp ECONNREFUSED connect ECONNREFUSED 192.0.2.1:443`,
      expect: { severity: 'error', fault: 'authorization-server' },
    },
  ],
})
