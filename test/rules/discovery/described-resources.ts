/** Resource metadata, with the name that it gives the resource. */

export const described = (
  resource: string,
  endpoint = 'https://mcp.example/mcp',
  suffix = '/mcp',
) => `
  > POST ${endpoint}
  > content-type: application/json

  {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

  < HTTP/1.1 401 Unauthorized
  < www-authenticate: Bearer

  > GET https://mcp.example/.well-known/oauth-protected-resource${suffix}

  < HTTP/1.1 200 OK

  {"resource":"${resource}","authorization_servers":["https://as.example"]}`
