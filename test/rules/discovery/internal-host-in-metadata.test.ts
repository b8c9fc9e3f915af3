import rule from '../../../rules/discovery/internal-host-in-metadata.ts'
import { testExamples } from '../examples.ts'

const naming = (issuer: string) => `
  \${opening only challenge}

  > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

  < HTTP/1.1 200 OK

  {"resource":"https://mcp.example/mcp","authorization_servers":["${issuer}"]}`

testExamples(rule, {
  good: [
    {
      name: 'another port of the public name that nobody failed to reach',
      http: naming('https://mcp.example:8443'),
    },
    {
      name: 'a private deployment',
      http: naming('http://as.internal')
        .replaceAll('https://mcp.example', 'http://server:3000')
        .replace('${opening only challenge}', ''),
    },
  ],
  bad: [
    {
      name: 'a private address',
      http: naming('http://10.0.0.7:8000'),
      expect: { variant: 'private-ip' },
    },
    {
      name: 'a link-local address',
      http: naming('http://169.254.169.254'),
      expect: { variant: 'link-local' },
    },
    { name: 'loopback', http: naming('http://localhost:9000'), expect: { variant: 'loopback' } },
    {
      name: 'the challenge',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'loopback', fault: 'resource-server' },
    },
  ],
})
