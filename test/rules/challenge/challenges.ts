/** Calls that are refused with a given challenge. */

export const refused = (field: string, { sent = '', status = 401 } = {}) => `
  > POST https://mcp.example/mcp
  ${sent}

  {"jsonrpc":"2.0","id":1,"method":"initialize"}

  < HTTP/1.1 ${status} Refused
  < www-authenticate: ${field}
`

export const wellKnown = 'https://mcp.example/.well-known/oauth-protected-resource'

export const get = (url: string, answer: string) => `
  > GET ${url}

  < HTTP/1.1 ${answer}
`

export const found = `200 OK

  {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`
