import rule from '../../../rules/discovery/prm-resource-mismatch.ts'
import { testExamples } from '../examples.ts'
import { described } from './described-resources.ts'

testExamples(rule, {
  good: [
    {
      name: 'resource is the origin that holds the endpoint',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}`,
    },
    {
      name: 'a default port, a slash and capitals do not make another resource, nor does http on loopback',
      http: `
        > GET http://localhost:3000/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"http://LOCALHOST:3000/mcp/","authorization_servers":["https://as.example:443"]}`,
    },
  ],
  bad: [
    {
      name: 'the path is no whole-segment prefix of the endpoint',
      http: `
        > POST https://mcp.example/api123/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="https://mcp.example/prm"

        > GET https://mcp.example/prm

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/api","authorization_servers":["https://as.example"]}`,
      expect: { variant: 'not-a-prefix' },
    },
    {
      name: 'there is no resource in the document',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"authorization_servers":["https://as.example"]}`,
      expect: { variant: 'missing-resource' },
    },
    {
      name: 'resource is a name, not a URL',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"my-mcp-server","authorization_servers":["https://as.example"]}`,
      expect: { variant: 'not-a-url' },
    },
  ],
})

testExamples(rule, {
  bad: [
    {
      name: 'a slash too many that the client lets pass',
      http: `${described('https://mcp.example/mcp/')}\n\n  \${opening only server-metadata registration}`,
      expect: { variant: 'trailing-slash', severity: 'warning' },
    },
  ],
})
