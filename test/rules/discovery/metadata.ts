/** Server metadata and resource metadata with given members. */

const base = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  response_types_supported: ['code'],
}

export const server = (members: object) => `
  > GET https://as.example/.well-known/oauth-authorization-server

  < HTTP/1.1 200 OK

  ${JSON.stringify({ ...base, ...members })}`

export const resource = (members: object) => `
  > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

  < HTTP/1.1 200 OK

  ${JSON.stringify({ resource: 'https://mcp.example/mcp', authorization_servers: ['https://as.example'], ...members })}`
