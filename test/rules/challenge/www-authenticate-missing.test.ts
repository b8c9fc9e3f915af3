import rule from '../../../rules/challenge/www-authenticate-missing.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'an HTTP/2 field is the same in lower case, and may come in several lines',
      http: `
        > POST https://mcp.example/mcp HTTP/2

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/2 401
        < www-authenticate: Bearer realm="mcp"
        < www-authenticate: DPoP algs="ES256"`,
    },
  ],
  bad: [
    {
      name: 'a bare 401, and the metadata is at its well-known URL all the same',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { severity: 'warning' },
    },
    {
      name: 'a bare 401, and the metadata is nowhere',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'error' },
    },
    {
      name: 'a gateway answers with a page of its own',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < server: nginx/1.27.2
        < content-type: text/html

        <html><head><title>401 Authorization Required</title></head></html>`,
      expect: { fault: 'intermediary' },
    },
  ],
})
